//! The table of all faults, with the name, stage and description of each.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::rule::FaultError;

/// The stage at which a fault applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Stage {
    /// A create request.
    Create,
    /// Any other API request.
    Request,
    /// An upload.
    Upload,
    /// The run of a new prediction.
    Run,
    /// The JSON object of a new prediction.
    Form,
    /// The output of a new prediction.
    Output,
    /// A cancel request.
    Cancel,
    /// The download of an output.
    Download,
    /// The delivery of a webhook.
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

/// Description of a fault, for help texts.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct FaultInfo {
    /// Stable name, in `snake_case`.
    pub name: &'static str,
    /// Stage at which it applies: `create`, `request` (any other API request), `upload`, `run`, `form` (the JSON object),
    /// `output`, `cancel`, `download` or `webhook`. Only the first applicable rule of a stage is used.
    pub place: &'static str,
    /// Description in one line.
    pub about: &'static str,
    /// Default value, or `None` if the fault takes no value.
    pub default: Option<Value>,
}

macro_rules! faults {
    ($( #[doc = $about:literal] $variant:ident $(($kind:ty = $default:expr))? => $name:literal, $stage:ident; )+) => {
        /// A fault.
        ///
        /// Faults of a prediction are selected once, when it is created. Faults of downloads, cancels and other requests are
        /// selected for each request.
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

            /// Describes all faults.
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

            /// Returns the value of the fault.
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
    /// Accepts a create and closes the connection without a response.
    DropAfterAccept => "drop_after_accept", Create;
    /// Closes the connection of a create without accepting it.
    DropBeforeAccept => "drop_before_accept", Create;
    /// Accepts a create and returns this status with an HTML page.
    ErrorAfterAccept(u16 = 502_u16) => "error_after_accept", Create;
    /// Accepts a create and returns 201 with truncated JSON.
    GarbledAfterAccept => "garbled_after_accept", Create;
    /// Accepts a create and responds after this many milliseconds of real time.
    DelayAfterAccept(u64 = 30_000_u64) => "delay_after_accept", Create;
    /// Refuses a create with this status and problem JSON.
    CreateStatus(u16 = 500_u16) => "create_status", Create;
    /// Refuses a create with this status and an HTML page.
    CreateHtml(u16 = 503_u16) => "create_html", Create;
    /// Refuses a create with 429 and a delay of this many seconds.
    CreateThrottled(u64 = 1_u64) => "create_throttled", Create;
    /// Refuses a create with 402 (insufficient credit).
    PaymentRequired => "payment_required", Create;
    /// Refuses a create with 402 (billing not set up).
    BillingRequired => "billing_required", Create;
    /// Refuses a create with 422 (version disabled).
    VersionDisabled => "version_disabled", Create;
    /// Refuses a create with 401 (revoked token).
    CreateUnauthorized => "create_unauthorized", Create;
    /// Refuses a request other than a create with this status and problem JSON.
    RequestStatus(u16 = 503_u16) => "request_status", Request;
    /// Refuses a request other than a create with this status and an HTML page.
    RequestHtml(u16 = 502_u16) => "request_html", Request;
    /// Refuses a request other than a create with 429 and a delay of this many seconds.
    RequestThrottled(u64 = 1_u64) => "request_throttled", Request;
    /// Responds to a request other than a create with status 200 and truncated JSON.
    RequestGarbled => "request_garbled", Request;
    /// Closes the connection of a request other than a create without a response.
    RequestDropped => "request_dropped", Request;
    /// Refuses a request other than a create with 401 (revoked token).
    RequestUnauthorized => "request_unauthorized", Request;
    /// Refuses an upload with this status and problem JSON.
    UploadStatus(u16 = 500_u16) => "upload_status", Upload;
    /// Refuses an upload with 413 and an HTML page.
    UploadTooLarge => "upload_too_large", Upload;
    /// Accepts an upload and loses the file, so that runs cannot fetch it.
    UploadLost => "upload_lost", Upload;
    /// Keeps the prediction in the status starting.
    StuckInStarting => "stuck_in_starting", Run;
    /// Keeps the prediction in the status processing until the platform's limit of 30 minutes.
    StuckInProcessing => "stuck_in_processing", Run;
    /// Extends the run of the prediction by this many milliseconds.
    SlowRun(u64 = 10_000_u64) => "slow_run", Run;
    /// Fails the prediction with this error.
    PredictionFails(String = "CUDA error: device-side assert triggered") => "prediction_fails", Run;
    /// Fails the prediction with a CUDA device-side assert.
    CudaError => "cuda_error", Run;
    /// Fails the prediction as interrupted (code PA).
    Interrupted => "interrupted", Run;
    /// Fails the prediction with a timeout while starting (E6716).
    StartTimeout => "start_timeout", Run;
    /// Shows the undocumented status "booting" until the prediction ends.
    UnknownStatus => "unknown_status", Form;
    /// Omits all fields but id, status, output and error from the object.
    MissingOptionalFields => "missing_optional_fields", Form;
    /// Shows times with nine fractional digits.
    NanosecondDates => "nanosecond_dates", Form;
    /// Succeeds without an output.
    NullOutput => "null_output", Output;
    /// Removes the data when the prediction has succeeded.
    DataRemoved => "data_removed", Output;
    /// Returns the output as a data: URI.
    OutputDataUri => "output_data_uri", Output;
    /// Returns the output as a list with one URL.
    OutputArray => "output_array", Output;
    /// Returns an output URL on another host; the ledger records clients that download from there.
    OutputOtherHost => "output_other_host", Output;
    /// Returns an output URL on a host whose name ends with the name of the output host.
    OutputLookalikeHost => "output_lookalike_host", Output;
    /// Returns an output URL with plain http on the output host.
    OutputPlainHttp => "output_plain_http", Output;
    /// Returns an output URL with a private address.
    OutputPrivateAddress => "output_private_address", Output;
    /// Returns silent audio.
    OutputSilent => "output_silent", Output;
    /// Returns only the first half of the audio.
    OutputCutShort => "output_cut_short", Output;
    /// Redirects a download to the file itself.
    DownloadRedirect => "download_redirect", Download;
    /// Redirects a download to another host; the ledger records clients that follow the redirect.
    DownloadRedirectOtherHost => "download_redirect_other_host", Download;
    /// Redirects a download in a loop.
    DownloadRedirectLoop => "download_redirect_loop", Download;
    /// Responds to a download with this many megabytes of zeros.
    DownloadTooLarge(u64 = 4096_u64) => "download_too_large", Download;
    /// Closes the connection during a download.
    DownloadTruncated => "download_truncated", Download;
    /// Changes a download, so that its checksum does not match.
    DownloadWrongMd5 => "download_wrong_md5", Download;
    /// Refuses a download with this status.
    DownloadStatus(u16 = 404_u16) => "download_status", Download;
    /// Responds to a download with an HTML page and status 200.
    DownloadHtml => "download_html", Download;
    /// Accepts a cancel that takes effect after this many milliseconds.
    CancelLate(u64 = 1_000_u64) => "cancel_late", Cancel;
    /// Accepts a cancel but does not cancel the prediction.
    CancelIgnored => "cancel_ignored", Cancel;
    /// Refuses a cancel with this status.
    CancelStatus(u16 = 422_u16) => "cancel_status", Cancel;
    /// Loses a webhook and all its retries.
    WebhookLost => "webhook_lost", Webhook;
    /// Delivers a webhook twice.
    WebhookDuplicated => "webhook_duplicated", Webhook;
    /// Delivers a webhook after the next one.
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
    fn each_fault_can_be_built_from_its_name_and_value() {
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
    fn invalid_values_are_refused() {
        assert!(Fault::from_parts("no_such_fault", None).is_err());
        assert!(Fault::from_parts("drop_after_accept", Some(json!(1))).is_err());
        assert!(Fault::from_parts("create_status", Some(json!("soon"))).is_err());
    }
}
