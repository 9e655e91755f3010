//! The tools of an agent. Each has a file with its arguments and its `run` function.

mod cancel_generation;
mod check_recording;
mod estimate;
mod list_voices;
mod read_generation;
mod speak;
mod waiting;

use std::sync::Arc;

use loqui_core::Error;
use loqui_core::options::{self, OptionInfo, check_known, field_names, from_fields};
use rmcp::RoleServer;
use rmcp::model::{JsonObject, Tool, ToolAnnotations};
use rmcp::service::RequestContext;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::answer::{Answer, invalid};
use super::session::Session;

/// Describes all tools.
pub(super) fn list(session: &Session) -> Vec<Tool> {
    vec![
        list_voices::tool(),
        check_recording::tool(session),
        estimate::tool(),
        speak::tool(session),
        read_generation::tool(),
        cancel_generation::tool(),
    ]
}

/// Runs a tool; `None` if there is none of this name.
///
/// # Errors
///
/// Those of the tool, which the agent reads.
pub(super) async fn call(
    session: &Session,
    name: &str,
    arguments: JsonObject,
    context: &RequestContext<RoleServer>,
) -> Option<Result<Answer, Error>> {
    Some(match name {
        list_voices::NAME => list_voices::run(session, &arguments).await,
        check_recording::NAME => check_recording::run(session, &arguments).await,
        estimate::NAME => estimate::run(session, &arguments),
        speak::NAME => speak::run(session, arguments, context).await,
        read_generation::NAME => read_generation::run(session, &arguments, context).await,
        cancel_generation::NAME => cancel_generation::run(session, &arguments).await,
        _ => return None,
    })
}

/// Describes a tool with these arguments.
fn tool(name: &'static str, description: &'static str, arguments: Value, required: &[&str]) -> Tool {
    let mut schema = JsonObject::new();
    schema.insert("type".to_owned(), "object".into());
    schema.insert("properties".to_owned(), arguments);
    schema.insert("required".to_owned(), json!(required));
    schema.insert("additionalProperties".to_owned(), false.into());
    Tool::new(name, description, Arc::new(schema))
}

/// The annotations of a tool that changes nothing.
fn read_only() -> ToolAnnotations {
    ToolAnnotations::new().read_only(true).open_world(false)
}

/// Adds the speak options to the arguments of a tool.
fn with_speak_options(mut arguments: Value) -> Value {
    if let Some(properties) = arguments.as_object_mut() {
        for option in options::describe().into_iter().filter(OptionInfo::is_speak_option) {
            properties.insert(option.name.to_owned(), option.schema);
        }
    }
    arguments
}

/// Reads the arguments of a tool that has no speak options.
fn read<T: DeserializeOwned>(arguments: &JsonObject) -> Result<T, Error> {
    check_known(arguments, field_names::<T>()).map_err(invalid)?;
    from_fields(arguments).map_err(invalid)
}
