//! Reuses the takes of an earlier version of a script for the segments that did not change.

use std::collections::HashMap;

use super::context::Runtime;
use super::steps::Steps;
use crate::error::Result;
use crate::id::{GenerationId, SampleId};
use crate::ledger::{Change, GenerationRecord, Status, TakeId, TakeRecord};
use crate::options::SpeakOptions;
use crate::script::Segment;
use crate::store::{Filter, GenerationStore, GenerationStoreExt as _};

/// The number of earlier generations that are searched.
const EARLIER: u32 = 32;

/// The properties in which an earlier generation must equal a new one for its takes to be reused.
pub(crate) struct ReuseQuery<'a> {
    /// Only generations before this one are searched; all if absent.
    pub(crate) before: Option<GenerationId>,
    pub(crate) sample: SampleId,
    pub(crate) engine: &'a str,
    pub(crate) model: &'a str,
    pub(crate) script: &'a str,
    pub(crate) options: &'a SpeakOptions,
    pub(crate) segments: &'a [Segment],
}

impl<'a> ReuseQuery<'a> {
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

    /// True if the earlier generation speaks the same words in the same way.
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
    query: &ReuseQuery<'_>,
) -> Result<Option<GenerationRecord>> {
    Ok(alike(store, query).await?.into_iter().next())
}

/// The earlier generations whose takes may be reused, newest first.
async fn alike(store: &dyn GenerationStore, query: &ReuseQuery<'_>) -> Result<Vec<GenerationRecord>> {
    let asked = query.options.limits.reuse;
    if asked == Some(false) || (asked.is_none() && query.segments.len() < 2) {
        return Ok(Vec::new());
    }
    let filter = Filter::default().with_sample(query.sample).with_limit(EARLIER);
    let mut alike = store.generations(&filter).await?;
    alike.retain(|earlier| query.is_like(earlier));
    let again = alike
        .first()
        .is_some_and(|latest| {
            let same = latest.script == query.script && latest.options.delivery == query.options.delivery;
            same && latest.status != Status::Failed
        });
    Ok(if asked.is_none() && again { Vec::new() } else { alike })
}

/// The kept takes of earlier generations that can be reused, by the index of the segment.
///
/// If the user did not choose, an edited script and a script with another delivery reuse takes: an identical request is spoken
/// again.
///
/// # Errors
///
/// `store.*`.
pub(crate) async fn find(store: &dyn GenerationStore, query: &ReuseQuery<'_>) -> Result<HashMap<u32, TakeRecord>> {
    let mut found = HashMap::new();
    for earlier in &alike(store, query).await? {
        let open: Vec<&Segment> = query
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

/// Returns the number of characters of a script that reused takes cover at no cost.
///
/// # Errors
///
/// `store.*`.
pub(crate) async fn characters(store: &dyn GenerationStore, query: &ReuseQuery<'_>) -> Result<usize> {
    let found = find(store, query).await?;
    let reused = query
        .segments
        .iter()
        .filter(|segment| found.contains_key(&segment.index));
    Ok(reused.map(|segment| segment.spoken.chars().count()).sum())
}

/// Adds the reusable takes to a generation that has not made a take yet. Repeated after a crash, it continues where it
/// stopped.
///
/// # Errors
///
/// `store.*`.
pub(crate) async fn adopt(steps: &Steps) -> Result<()> {
    let record = &steps.generation;
    let Runtime { store, audio, .. } = &*steps.runtime;
    let known = steps.takes().await?;
    if known.iter().any(|take| take.reused.is_none()) {
        return Ok(());
    }
    let mut changes = Vec::new();
    let query = ReuseQuery::of(record);
    for (segment, earlier) in steps.persist(|| find(store.as_ref(), &query)).await? {
        if known.iter().any(|take| take.segment == segment) {
            continue;
        }
        let source = earlier.audio().unwrap_or_default();
        // The audio is copied, because the earlier generation may be erased.
        let Some(wav) = steps.persist(|| audio.get(source)).await? else {
            continue;
        };
        let key = format!("generations/{}/take-{segment}-1.wav", record.id);
        steps.persist(|| audio.put(&key, wav.clone())).await?;
        let place = TakeId::new(record.id, segment, 1);
        let take = TakeRecord::reuse(&earlier, place, key, record.epoch, steps.now());
        changes.push(Change::AddTake(take));
    }
    if changes.is_empty() {
        return Ok(());
    }
    steps.write(changes).await
}
