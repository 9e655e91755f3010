//! Reuses the takes of an earlier version of a script for the segments that did not change.

use std::collections::{HashMap, HashSet};

use super::context::Runtime;
use super::steps::Steps;
use crate::error::Result;
use crate::id::GenerationId;
use crate::ledger::cast::{Cast, SegmentVoice};
use crate::ledger::{Change, GenerationRecord, Lineage, Status, TakeId, TakeRecord};
use crate::options::{DeliveryOptions, RunLimits};
use crate::script::Segment;
use crate::store::{Filter, GenerationStore, GenerationStoreExt as _};

/// The number of earlier generations that are searched.
const EARLIER: u32 = 32;

/// The most takes that are taken over in one transaction.
const ADOPTIONS_IN_A_WRITE: usize = 100;

/// The properties in which an earlier generation must equal a new one for its takes to be reused.
pub(crate) struct ReuseQuery<'a> {
    /// Only generations before this one are searched; all if absent.
    pub(crate) before: Option<GenerationId>,
    pub(crate) engine: &'a str,
    pub(crate) cast: Cast<'a>,
    pub(crate) script: &'a str,
    pub(crate) limits: &'a RunLimits,
    pub(crate) delivery: &'a DeliveryOptions,
    pub(crate) segments: &'a [Segment],
}

impl<'a> ReuseQuery<'a> {
    fn of(record: &'a GenerationRecord) -> Self {
        Self {
            before: Some(record.id),
            engine: &record.engine,
            cast: record.cast(),
            script: &record.script,
            limits: &record.options.limits,
            delivery: &record.options.delivery,
            segments: &record.segments,
        }
    }

    /// True if the earlier generation speaks with one of the voices, in the same way.
    fn is_like(&self, earlier: &GenerationRecord) -> bool {
        self.before.is_none_or(|id| earlier.id < id)
            && earlier.engine == self.engine
            && voices(self.cast)
                .iter()
                .any(|voice| voices(earlier.cast()).iter().any(|other| voice.sounds_like(other)))
    }

    /// True if the earlier generation speaks the same script with the same voices and delivers it in the same way.
    fn is_same(&self, earlier: &GenerationRecord) -> bool {
        let (own, other) = (voices(self.cast), voices(earlier.cast()));
        earlier.script == self.script
            && earlier.options.delivery == *self.delivery
            && own.len() == other.len()
            && own
                .iter()
                .zip(&other)
                .all(|(own, other)| own.label == other.label && own.sounds_like(other))
    }
}

/// The voices of a generation, that of text without a label first.
fn voices(cast: Cast<'_>) -> Vec<SegmentVoice<'_>> {
    let named = cast.voices.iter().map(|voice| cast.named(voice));
    std::iter::once(cast.default_voice()).chain(named).collect()
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
    let asked = query.limits.reuse;
    if asked == Some(false) || (asked.is_none() && query.segments.len() < 2) {
        return Ok(Vec::new());
    }
    let filter = Filter::default().with_sample(query.cast.sample).with_limit(EARLIER);
    let mut alike = store.generations(&filter).await?;
    alike.retain(|earlier| query.is_like(earlier));
    let again = alike
        .first()
        .is_some_and(|latest| query.is_same(latest) && latest.status != Status::Failed);
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
        let mut by_text: HashMap<&str, Vec<&Segment>> = HashMap::new();
        for segment in &earlier.segments {
            by_text.entry(&segment.spoken).or_default().push(segment);
        }
        // The earlier segments with the same words in the same voice.
        let alike = |segment: &Segment| -> Vec<u32> {
            let voice = query.cast.of(segment);
            let same_words = by_text.get(segment.spoken.as_str()).into_iter().flatten();
            same_words
                .filter(|other| earlier.cast().of(other).sounds_like(&voice))
                .map(|other| other.index)
                .collect()
        };
        let open: Vec<(u32, Vec<u32>)> = open
            .into_iter()
            .map(|segment| (segment.index, alike(segment)))
            .filter(|(_, alike)| !alike.is_empty())
            .collect();
        if open.is_empty() {
            continue;
        }
        let good: HashMap<u32, TakeRecord> = store
            .takes(earlier.id)
            .await?
            .into_iter()
            .filter(|take| take.is_kept() && take.audio().is_some() && !take.is_last_resort())
            .map(|take| (take.segment, take))
            .collect();
        for (segment, alike) in open {
            if let Some(take) = alike.iter().rev().find_map(|other| good.get(other)) {
                found.insert(segment, take.clone());
            }
        }
    }
    Ok(found)
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
    let adoptions = if let Some(lineage) = &record.lineage {
        steps.persist(|| inherited(store.as_ref(), lineage)).await?
    } else {
        let query = ReuseQuery::of(record);
        let found = steps.persist(|| find(store.as_ref(), &query)).await?;
        let first = |(segment, earlier)| Adoption {
            segment,
            number: 1,
            is_kept: true,
            earlier,
        };
        found.into_iter().map(first).collect()
    };
    let mut changes = Vec::new();
    let taken: HashSet<(u32, u32)> = known.iter().map(|take| (take.segment, take.number)).collect();
    for adoption in adoptions {
        let Adoption {
            segment,
            number,
            is_kept,
            earlier,
        } = adoption;
        if taken.contains(&(segment, number)) {
            continue;
        }
        let source = earlier.audio().unwrap_or_default();
        // The audio is copied, because the earlier generation may be erased.
        let Some(wav) = steps.persist(|| audio.get(source)).await? else {
            continue;
        };
        let place = TakeId::new(record.id, segment, number);
        let key = format!("generations/{}/take-{segment}-{number}.wav", record.id);
        steps.persist(|| audio.put(&key, wav.clone())).await?;
        changes.push(Change::AddTake(if is_kept {
            TakeRecord::reuse(&earlier, place, key, record.epoch, steps.now())
        } else {
            TakeRecord::shelve(&earlier, place, key, record.epoch)
        }));
        if changes.len() >= ADOPTIONS_IN_A_WRITE {
            steps.write(std::mem::take(&mut changes)).await?;
        }
    }
    if changes.is_empty() {
        return Ok(());
    }
    steps.write(changes).await
}

/// A take of an earlier generation that a generation takes over.
struct Adoption {
    segment: u32,
    number: u32,
    /// False for a take that can only be chosen later.
    is_kept: bool,
    earlier: TakeRecord,
}

/// The takes that an edited generation takes over from its parent: the kept one of each unchanged segment, and the others that
/// can be heard, so that one of them can be chosen later.
async fn inherited(store: &dyn GenerationStore, lineage: &Lineage) -> Result<Vec<Adoption>> {
    let mut by_segment: HashMap<u32, Vec<TakeRecord>> = HashMap::new();
    for take in store.takes(lineage.parent).await? {
        if take.is_audible() {
            by_segment.entry(take.segment).or_default().push(take);
        }
    }
    let mut adoptions = Vec::new();
    for of in &lineage.takes {
        for earlier in by_segment.get(&of.from).into_iter().flatten() {
            adoptions.push(Adoption {
                segment: of.segment,
                number: earlier.number,
                is_kept: of.keep == Some(earlier.number),
                earlier: earlier.clone(),
            });
        }
    }
    Ok(adoptions)
}
