//! The handler of the protocol: its requests become calls of tools and reads of speech.

use loqui_core::Error;
use loqui_core::ledger::ErrorRecord;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ErrorCode, Implementation, ListResourceTemplatesResult,
    ListResourcesResult, ListToolsResult, PaginatedRequestParams, ReadResourceRequestParams, ReadResourceResponse,
    ReadResourceResult, ServerCapabilities, ServerConfig,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler};
use serde_json::json;

use super::session::Session;
use super::{answer, resources, tools};

/// What agents read about the server before they use it.
const INSTRUCTIONS: &str = "Loqui speaks text in the voice of a short recording. Call `list_voices` first. Estimate \
    long texts with `estimate` before `speak`. If `speak` returns before the speech is finished, call \
    `read_generation` instead of `speak` again. Errors have a code, a message and a hint that says what to do.";

/// The handler of one client. Clients of a session share its budget.
#[derive(Clone, Debug)]
pub(super) struct Server {
    session: Session,
}

impl Server {
    pub(super) fn new(session: Session) -> Self {
        Self { session }
    }
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder().enable_tools().enable_resources().build();
        ServerConfig::new(capabilities)
            .with_server_info(Implementation::new("loqui", env!("CARGO_PKG_VERSION")).with_title("Loqui"))
            .with_instructions(INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _page: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(tools::list(&self.session)))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let arguments = request.arguments.unwrap_or_default();
        let called = tools::call(&self.session, &request.name, arguments, &context).await;
        let Some(called) = called else {
            return Err(ErrorData::invalid_params(
                format!("there is no tool {}", request.name),
                None,
            ));
        };
        let result = match called {
            Ok(answer) => CallToolResult::from(answer),
            Err(error) => {
                tracing::info!(tool = %request.name, code = error.code(), %error, "a tool has failed");
                answer::failed(&error)
            }
        };
        Ok(result.into())
    }

    async fn list_resources(
        &self,
        _page: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        let listed = resources::list(&self.session.loqui).await;
        Ok(ListResourcesResult::with_all_items(listed.map_err(protocol_error)?))
    }

    async fn list_resource_templates(
        &self,
        _page: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        Ok(ListResourceTemplatesResult::with_all_items(resources::templates()))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let contents = resources::read(&self.session.loqui, &request.uri).await;
        Ok(ReadResourceResult::new(vec![contents.map_err(protocol_error)?]).into())
    }
}

/// Requests other than calls of tools have only errors of the protocol.
#[expect(clippy::needless_pass_by_value, reason = "passed to `map_err`")]
fn protocol_error(error: Error) -> ErrorData {
    let message = error.to_string();
    ErrorData::new(
        ErrorCode::INVALID_PARAMS,
        message,
        Some(json!(ErrorRecord::from(&error))),
    )
}
