//! The statements that change the owner of records.

use super::connection::{Connection, Query};
use super::failure::Failure;
use crate::id::{GenerationId, SampleId};

pub(super) async fn rename(on: &mut dyn Connection, from: &str, to: &str) -> Result<(), Failure> {
    for statement in [
        "UPDATE sample SET owner = $2 WHERE owner = $1",
        "UPDATE generation SET owner = $2 WHERE owner = $1",
    ] {
        Query::new(statement).bind(from).bind(to).execute(on).await?;
    }
    give_spending(on, from, to).await
}

pub(super) async fn give_spending(on: &mut dyn Connection, from: &str, to: &str) -> Result<(), Failure> {
    let query = Query::new("UPDATE spending SET owner = $2 WHERE owner = $1");
    query.bind(from).bind(to).execute(on).await?;
    Ok(())
}

pub(super) async fn give_sample(on: &mut dyn Connection, sample: SampleId, owner: &str) -> Result<(), Failure> {
    let query = Query::new("UPDATE sample SET owner = $2 WHERE id = $1");
    query.bind(sample).bind(owner).execute(on).await?;
    Ok(())
}

pub(super) async fn give_generation(
    on: &mut dyn Connection,
    generation: GenerationId,
    sample: SampleId,
    owner: &str,
) -> Result<(), Failure> {
    let query = Query::new("UPDATE generation SET sample = $2, owner = $3 WHERE id = $1");
    query.bind(generation).bind(sample).bind(owner).execute(on).await?;
    Ok(())
}
