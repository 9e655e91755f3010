//! Prepares restored records: marks what may have been paid after the backup was made.

use jiff::Timestamp;

use super::connection::{Connection, Query};
use super::failure::Failure;
use super::{entries, reads};
use crate::ledger::{GenerationRecord, TakeId, TakeRecord};
use crate::store::{Filter, TakeFilter};

/// Ends all claims, and gives each segment that an unfinished generation still has to speak a stand-in.
pub(super) async fn add(on: &mut dyn Connection, at: Timestamp) -> Result<(), Failure> {
    // The workers of the original do not work on the copy.
    Query::new("DELETE FROM worker").execute(on).await?;
    Query::new("UPDATE generation SET worker = NULL WHERE worker IS NOT NULL")
        .execute(on)
        .await?;
    let unfinished = reads::generations(on, Filter::default().unfinished()).await?;
    for generation in unfinished {
        let filter = TakeFilter::default().with_generation(generation.id);
        let takes = reads::takes(on, filter).await?;
        for take in of_generation(&generation, &takes, at) {
            entries::insert_take(on, &take).await?;
        }
    }
    Ok(())
}

/// The stand-ins of a generation: one for each segment without a kept take. A segment whose take runs gets one as well,
/// because the original may have rejected that take and made another one.
fn of_generation(generation: &GenerationRecord, takes: &[TakeRecord], at: Timestamp) -> Vec<TakeRecord> {
    let mut stand_ins = Vec::new();
    for segment in &generation.segments {
        let own = || takes.iter().filter(|take| take.segment == segment.index);
        if own().any(TakeRecord::is_kept) {
            continue;
        }
        let last = own().map(|take| take.number).max().unwrap_or_default();
        let place = TakeId::new(generation.id, segment.index, last + 1);
        stand_ins.push(TakeRecord::stand_in(place, generation.epoch, at));
    }
    stand_ins
}
