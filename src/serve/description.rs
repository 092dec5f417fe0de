//! The description of all questions (OpenAPI), but for the questions themselves.

use serde_json::Value;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

/// A job is its kind beside its parameters. Derived, that is two objects in one, each of which knows nothing of the other's
/// fields and allows no others: one object says what is meant.
pub fn flatten(schemas: &mut Value) {
    let known = schemas.clone();
    for kind in schemas["Kind"]["oneOf"].as_array_mut().into_iter().flatten() {
        let parts = kind["allOf"].as_array().cloned().unwrap_or_default();
        let mut whole =
            serde_json::json!({ "type": "object", "additionalProperties": false, "properties": {}, "required": [] });
        for part in &parts {
            let name = part["$ref"].as_str().and_then(|path| path.rsplit('/').next());
            let part = name.map_or(part, |name| &known[name]);
            for (name, schema) in part["properties"].as_object().into_iter().flatten() {
                whole["properties"][name] = schema.clone();
            }
            let required = part["required"].as_array().cloned().unwrap_or_default();
            whole["required"].as_array_mut().into_iter().for_each(|all| all.extend(required.iter().cloned()));
        }
        if let Some(about) = kind.get("description") {
            whole["description"] = about.clone();
        }
        *kind = whole;
    }
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "truereach",
        description = "What the page of `truereach serve` asks. People are numbers of people a post; `null` is a figure that is withheld \
                       (fewer than 10 people in personal data) or unknown, never zero.",
        license(name = "MIT OR Apache-2.0")
    ),
    security(("token" = [])),
    modifiers(&Secured)
)]
pub struct Description;

struct Secured;

impl Modify for Secured {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let scheme =
            HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("The token of this run.")).build();
        openapi.components.get_or_insert_default().add_security_scheme("token", SecurityScheme::Http(scheme));
    }
}
