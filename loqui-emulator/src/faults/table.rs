//! The table of all faults: one row each, with its name, its place and what it does.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::rule::FaultError;

/// The place at which a fault is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Stage {
    /// A create request.
    Create,
    /// Any other API request.
    Request,
    /// An upload.
    Upload,
    /// The course of a new prediction.
    Run,
    /// The form of a new prediction's object.
    Form,
    /// The output of a new prediction.
    Output,
    /// A cancel request.
    Cancel,
    /// A download of an output.
    Download,
    /// A delivery of a webhook.
    Webhook,
}

impl Stage {
    fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Request => "request",
            Self::Upload => "upload",
            Self::Run => "run",
            Self::Form => "form",
            Self::Output => "output",
            Self::Cancel => "cancel",
            Self::Download => "download",
            Self::Webhook => "webhook",
        }
    }
}

/// Describes one fault, for help texts.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct FaultInfo {
    /// The stable name, in `snake_case`.
    pub name: &'static str,
    /// Where it happens: `create`, `request` (any other call of the API), `upload`, `run`, `form` (of the object),
    /// `output`, `cancel`, `download` or `webhook`. Of several rules of one place, the first that applies wins.
    pub place: &'static str,
    /// What it does, in one line.
    pub about: &'static str,
    /// The value it takes when none is given; `None` if it takes no value.
    pub default: Option<Value>,
}

macro_rules! faults {
    ($( #[doc = $about:literal] $variant:ident $(($kind:ty = $default:expr))? => $name:literal, $stage:ident; )+) => {
        /// One thing that goes wrong.
        ///
        /// Where a prediction is involved, a fault is drawn once, when the prediction is created,
        /// and stays with it; faults of downloads, cancels and plain requests are drawn each time.
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Fault {
            $( #[doc = $about] $variant $(($kind))?, )+
        }

        impl Fault {
            /// Returns the stable name, in `snake_case`.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self { $( Self::$variant { .. } => $name, )+ }
            }

            /// Describes every fault there is.
            #[must_use]
            pub fn catalogue() -> Vec<FaultInfo> {
                vec![$( FaultInfo {
                    name: $name,
                    place: Stage::$stage.name(),
                    about: $about.trim_ascii(),
                    default: faults!(@default $($kind = $default)?),
                }, )+]
            }

            pub(crate) fn stage(&self) -> Stage {
                match self { $( Self::$variant { .. } => Stage::$stage, )+ }
            }

            /// Returns the value the fault carries.
            pub(crate) fn value(&self) -> Option<Value> {
                match self { $( Self::$variant { .. } => faults!(@value self, $variant $(, $kind)?), )+ }
            }

            pub(crate) fn from_parts(name: &str, value: Option<Value>) -> Result<Self, FaultError> {
                match name {
                    $( $name => faults!(@build name, value, $variant $(, $kind = $default)?), )+
                    _ => Err(FaultError::Unknown { name: name.to_owned() }),
                }
            }
        }
    };
    (@default) => { None };
    (@default $kind:ty = $default:expr) => { Some(json!($default)) };
    (@value $fault:ident, $variant:ident) => { None };
    (@value $fault:ident, $variant:ident, $kind:ty) => {
        if let Self::$variant(value) = $fault { Some(json!(value)) } else { None }
    };
    (@build $name:ident, $value:ident, $variant:ident) => {
        match $value {
            None => Ok(Self::$variant),
            Some(value) => Err(FaultError::Value { name: $name.to_owned(), value, expected: "no value" }),
        }
    };
    (@build $name:ident, $value:ident, $variant:ident, $kind:ty = $default:expr) => {
        match $value {
            None => Ok(Self::$variant($default.into())),
            Some(value) => parameter::<$kind>($name, value).map(Self::$variant),
        }
    };
}

fn parameter<T: DeserializeOwned>(name: &str, value: Value) -> Result<T, FaultError> {
    serde_json::from_value(value.clone()).map_err(|_| FaultError::Value {
        name: name.to_owned(),
        value,
        expected: std::any::type_name::<T>().rsplit("::").next().unwrap_or_default(),
    })
}

faults! {
    /// Accepts the create and closes the connection without an answer.
    DropAfterAccept => "drop_after_accept", Create;
    /// Closes the connection of a create without accepting it.
    DropBeforeAccept => "drop_before_accept", Create;
    /// Accepts the create and answers this status with a web page.
    ErrorAfterAccept(u16 = 502_u16) => "error_after_accept", Create;
    /// Accepts the create and answers 201 with half of the object's JSON.
    GarbledAfterAccept => "garbled_after_accept", Create;
    /// Accepts the create and answers after this many milliseconds of real time.
    DelayAfterAccept(u64 = 30_000_u64) => "delay_after_accept", Create;
    /// Answers a create with this status and problem JSON, accepting nothing.
    CreateStatus(u16 = 500_u16) => "create_status", Create;
    /// Answers a create with this status and a web page, accepting nothing.
    CreateHtml(u16 = 503_u16) => "create_html", Create;
    /// Answers a create with 429 and a wait of this many seconds.
    CreateThrottled(u64 = 1_u64) => "create_throttled", Create;
    /// Answers a create with 402, credit used up.
    PaymentRequired => "payment_required", Create;
    /// Answers a create with 402, billing not set up.
    BillingRequired => "billing_required", Create;
    /// Answers a create with 422, version disabled.
    VersionDisabled => "version_disabled", Create;
    /// Answers a create with 401, as for a token that was just revoked.
    CreateUnauthorized => "create_unauthorized", Create;
    /// Answers a request other than a create with this status and problem JSON.
    RequestStatus(u16 = 503_u16) => "request_status", Request;
    /// Answers a request other than a create with this status and a web page.
    RequestHtml(u16 = 502_u16) => "request_html", Request;
    /// Answers a request other than a create with 429 and a wait of this many seconds.
    RequestThrottled(u64 = 1_u64) => "request_throttled", Request;
    /// Answers a request other than a create with status 200 and half a JSON object.
    RequestGarbled => "request_garbled", Request;
    /// Closes the connection of a request other than a create without an answer.
    RequestDropped => "request_dropped", Request;
    /// Answers a request other than a create with 401, as for a token that was just revoked.
    RequestUnauthorized => "request_unauthorized", Request;
    /// Answers an upload with this status and problem JSON.
    UploadStatus(u16 = 500_u16) => "upload_status", Upload;
    /// Answers an upload with 413 and a web page.
    UploadTooLarge => "upload_too_large", Upload;
    /// Accepts an upload and loses the file at once, so that runs cannot fetch it.
    UploadLost => "upload_lost", Upload;
    /// Leaves the prediction in starting for ever.
    StuckInStarting => "stuck_in_starting", Run;
    /// Leaves the prediction in processing up to the platform's limit of 30 minutes.
    StuckInProcessing => "stuck_in_processing", Run;
    /// Makes the prediction run this many milliseconds longer.
    SlowRun(u64 = 10_000_u64) => "slow_run", Run;
    /// Fails the prediction with this error.
    PredictionFails(String = "CUDA error: device-side assert triggered") => "prediction_fails", Run;
    /// Fails the prediction with the error of a poisoned worker.
    CudaError => "cuda_error", Run;
    /// Fails the prediction as interrupted (code PA).
    Interrupted => "interrupted", Run;
    /// Fails the prediction from starting, as timed out while starting (E6716).
    StartTimeout => "start_timeout", Run;
    /// Shows the status "booting", which no documentation names, until the prediction ends.
    UnknownStatus => "unknown_status", Form;
    /// Leaves everything but id, status, output and error out of the object.
    MissingOptionalFields => "missing_optional_fields", Form;
    /// Shows dates with nine digits of fraction.
    NanosecondDates => "nanosecond_dates", Form;
    /// Succeeds without an output.
    NullOutput => "null_output", Output;
    /// Removes the data as soon as the prediction has succeeded.
    DataRemoved => "data_removed", Output;
    /// Gives the output as a data: URI.
    OutputDataUri => "output_data_uri", Output;
    /// Gives the output as a list with one URL.
    OutputArray => "output_array", Output;
    /// Gives an output URL on a host of another name; the ledger shows who follows it.
    OutputOtherHost => "output_other_host", Output;
    /// Gives an output URL whose host merely ends in the real one's name.
    OutputLookalikeHost => "output_lookalike_host", Output;
    /// Gives an output URL with plain http on the real platform's host.
    OutputPlainHttp => "output_plain_http", Output;
    /// Gives an output URL on a private address.
    OutputPrivateAddress => "output_private_address", Output;
    /// Gives an output of silence.
    OutputSilent => "output_silent", Output;
    /// Gives an output with only the first half of the speech.
    OutputCutShort => "output_cut_short", Output;
    /// Answers a download with a redirect to the file itself.
    DownloadRedirect => "download_redirect", Download;
    /// Answers a download with a redirect to a host of another name; the ledger shows who follows it.
    DownloadRedirectOtherHost => "download_redirect_other_host", Download;
    /// Answers a download with a redirect that leads round in a circle.
    DownloadRedirectLoop => "download_redirect_loop", Download;
    /// Answers a download with this many megabytes of zeros.
    DownloadTooLarge(u64 = 4096_u64) => "download_too_large", Download;
    /// Closes the connection in the middle of a download.
    DownloadTruncated => "download_truncated", Download;
    /// Flips bytes of a download, so that its checksums do not fit.
    DownloadWrongMd5 => "download_wrong_md5", Download;
    /// Answers a download with this status.
    DownloadStatus(u16 = 404_u16) => "download_status", Download;
    /// Answers a download with a web page and status 200.
    DownloadHtml => "download_html", Download;
    /// Answers a cancel as done but lets it take effect only after this many milliseconds.
    CancelLate(u64 = 1_000_u64) => "cancel_late", Cancel;
    /// Answers a cancel as done but lets the prediction succeed.
    CancelIgnored => "cancel_ignored", Cancel;
    /// Answers a cancel with this status.
    CancelStatus(u16 = 422_u16) => "cancel_status", Cancel;
    /// Loses a webhook, and all its retries.
    WebhookLost => "webhook_lost", Webhook;
    /// Delivers a webhook twice.
    WebhookDuplicated => "webhook_duplicated", Webhook;
    /// Delivers a webhook after the one that should follow it.
    WebhookReordered => "webhook_reordered", Webhook;
    /// Shifts the timestamp of a webhook by this many seconds.
    WebhookSkewed(i64 = -600_i64) => "webhook_skewed", Webhook;
    /// Signs a webhook with another secret.
    WebhookForged => "webhook_forged", Webhook;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_survives_the_way_through_its_parts() {
        let catalogue = Fault::catalogue();
        assert!(catalogue.len() > 40);
        for info in catalogue {
            let fault = Fault::from_parts(info.name, None).unwrap();
            assert_eq!(fault.name(), info.name);
            assert_eq!(fault.value(), info.default);
            assert_eq!(Fault::from_parts(info.name, fault.value()).unwrap(), fault);
            assert!(info.about.ends_with('.'), "{}", info.about);
        }
    }

    #[test]
    fn refuses_wrong_values() {
        assert!(Fault::from_parts("no_such_fault", None).is_err());
        assert!(Fault::from_parts("drop_after_accept", Some(json!(1))).is_err());
        assert!(Fault::from_parts("create_status", Some(json!("soon"))).is_err());
    }
}
