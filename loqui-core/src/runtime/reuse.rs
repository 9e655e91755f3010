//! Change one sentence: takes of an earlier version of a script speak the segments that did not change.

use std::collections::HashMap;

use crate::error::Result;
use crate::ledger::{GenerationRecord, Status, TakeId, TakeRecord};
use crate::options::SpeakOptions;
use crate::runtime::steps::Steps;
use crate::script::Segment;
use crate::store::{Change, Fence, Filter, GenerationStore, GenerationStoreExt as _};

/// How many earlier generations are looked at.
const EARLIER: u32 = 32;

/// What earlier takes must have in common with a new generation.
pub(crate) struct Wanted<'a> {
    /// Only generations before this one; all if absent.
    pub(crate) before: Option<i64>,
    pub(crate) sample: i64,
    pub(crate) engine: &'a str,
    pub(crate) model: &'a str,
    pub(crate) script: &'a str,
    pub(crate) options: &'a SpeakOptions,
    pub(crate) segments: &'a [Segment],
}

impl<'a> Wanted<'a> {
    fn of(record: &'a GenerationRecord) -> Self {
        Self {
            before: Some(record.id),
            sample: record.sample,
            engine: &record.engine,
            model: &record.model,
            script: &record.script,
            options: &record.options,
            segments: &record.segments,
        }
    }

    /// True if the same words would be spoken in the same way.
    fn is_like(&self, earlier: &GenerationRecord) -> bool {
        self.before.is_none_or(|id| earlier.id < id)
            && (earlier.sample, earlier.engine.as_str()) == (self.sample, self.engine)
            && earlier.options.voice.with_model(&earlier.model) == self.options.voice.with_model(self.model)
    }
}

/// The latest generation that speaks another version of the script in the same way.
///
/// # Errors
///
/// `store.*`.
pub(crate) async fn earlier_version(
    store: &dyn GenerationStore,
    wanted: &Wanted<'_>,
) -> Result<Option<GenerationRecord>> {
    Ok(alike(store, wanted).await?.into_iter().next())
}

/// Earlier generations whose takes may be used, newest first.
async fn alike(store: &dyn GenerationStore, wanted: &Wanted<'_>) -> Result<Vec<GenerationRecord>> {
    let asked = wanted.options.limits.reuse;
    if asked == Some(false) || (asked.is_none() && wanted.segments.len() < 2) {
        return Ok(Vec::new());
    }
    let filter = Filter::default().with_sample(wanted.sample).with_limit(EARLIER);
    let mut alike = store.generations(&filter).await?;
    alike.retain(|earlier| wanted.is_like(earlier));
    let again = alike
        .first()
        .is_some_and(|latest| latest.script == wanted.script && latest.status != Status::Failed);
    Ok(if asked.is_none() && again { Vec::new() } else { alike })
}

/// The good takes of earlier generations, by the number of the segment that they can speak.
///
/// Without a word from the user, only those of an *edited* script are taken: who submits the very same script again wants
/// it spoken differently.
///
/// # Errors
///
/// `store.*`.
pub(crate) async fn find(store: &dyn GenerationStore, wanted: &Wanted<'_>) -> Result<HashMap<u32, TakeRecord>> {
    let mut found = HashMap::new();
    for earlier in &alike(store, wanted).await? {
        let open: Vec<&Segment> = wanted
            .segments
            .iter()
            .filter(|segment| !found.contains_key(&segment.index))
            .collect();
        if open.is_empty() {
            break;
        }
        let texts: HashMap<u32, &str> = earlier
            .segments
            .iter()
            .map(|segment| (segment.index, segment.spoken.as_str()))
            .collect();
        if !open
            .iter()
            .any(|segment| texts.values().any(|text| *text == segment.spoken))
        {
            continue;
        }
        let good: HashMap<&str, TakeRecord> = store
            .takes(earlier.id)
            .await?
            .into_iter()
            .filter(|take| take.is_kept() && take.audio().is_some() && !take.is_last_resort())
            .filter_map(|take| Some((*texts.get(&take.segment)?, take)))
            .collect();
        for segment in open {
            if let Some(take) = good.get(segment.spoken.as_str()) {
                found.insert(segment.index, take.clone());
            }
        }
    }
    Ok(found)
}

/// How many characters of a script need not be paid, since an earlier version has paid for them.
///
/// # Errors
///
/// `store.*`.
pub(crate) async fn characters(store: &dyn GenerationStore, wanted: &Wanted<'_>) -> Result<usize> {
    let found = find(store, wanted).await?;
    let reused = wanted
        .segments
        .iter()
        .filter(|segment| found.contains_key(&segment.index));
    Ok(reused.map(|segment| segment.spoken.chars().count()).sum())
}

/// Gives a generation that has not begun to speak the takes that it need not pay for. Done again after a crash, it goes on
/// where it stopped.
///
/// # Errors
///
/// `store.*`.
pub(crate) async fn adopt(steps: &Steps) -> Result<()> {
    let record = &steps.generation;
    let known = steps.store.takes(record.id).await?;
    if known.iter().any(|take| take.reused.is_none()) {
        return Ok(());
    }
    let mut changes = Vec::new();
    for (segment, earlier) in find(steps.store.as_ref(), &Wanted::of(record)).await? {
        if known.iter().any(|take| take.segment == segment) {
            continue;
        }
        let source = earlier.audio().unwrap_or_default();
        // A copy: the earlier generation may be erased.
        let Some(wav) = steps.audio.get(source).await? else {
            continue;
        };
        let key = format!("generations/{}/take-{segment}-1.wav", record.id);
        steps.audio.put(&key, wav).await?;
        let place = TakeId::new(record.id, segment, 1);
        let take = TakeRecord::reuse(&earlier, place, key, record.epoch, steps.clock.now());
        changes.push(Change::AddTake(take));
    }
    if changes.is_empty() {
        return Ok(());
    }
    steps.store.write(Fence::of(record), changes).await
}
