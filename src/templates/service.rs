//! Finding and reading templates. Built-in ones are part of the program; a user's file of the same name hides them.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use rust_embed::Embed;

use super::schema::{AgentTemplate, ProfileList, TemplateCategory, TemplateDetail, TemplateSource, ToolProfile};
use crate::{
    agents::manifest::{
        AgentManifest, BASE_TOOLS, MAX_MANIFEST_BYTES, ManifestWarning, PROFILES, ParseOptions, Profile, ServerFacts,
        Source, parse,
    },
    error::{Error, ErrorCode, Result},
    page::{ListParams, Page},
    scopes::Scopes,
};

#[derive(Embed)]
#[folder = "templates/"]
#[include = "*.toml"]
#[exclude = "*.eval.toml"]
struct Builtin;

/// A template as it is stored.
#[derive(Clone, Debug)]
pub struct Template {
    pub name: String,
    pub text: String,
    /// The user's file.
    pub path: Option<PathBuf>,
}

/// Built-in templates by name.
pub fn builtin_templates() -> Vec<Template> {
    let read = |file: &str| {
        let text = String::from_utf8(Builtin::get(file)?.data.into_owned()).ok()?;
        Some(Template { name: file.strip_suffix(".toml")?.to_owned(), text, path: None })
    };
    let mut all: Vec<Template> = Builtin::iter().filter_map(|file| read(&file)).collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

/// The user's templates in `<home>/agents`. A folder that is not there has none; what cannot be read is left out and logged.
pub async fn user_templates(folder: &Path) -> Vec<Template> {
    let mut all = vec![];
    let Ok(mut entries) = tokio::fs::read_dir(folder).await else { return all };
    while let Ok(Some(entry)) = entries.next_entry().await {
        let Some(name) = entry.file_name().to_str().filter(|name| is_name(name)).map(str::to_owned) else { continue };
        all.extend(read_user_file(folder, &name).await);
    }
    all
}

async fn read_user_file(folder: &Path, name: &str) -> Option<Template> {
    let path = folder.join(name).join("agent.toml");
    let size = tokio::fs::metadata(&path).await.ok().filter(std::fs::Metadata::is_file)?.len();
    if size > MAX_MANIFEST_BYTES as u64 {
        tracing::warn!(path = %path.display(), "a template is larger than 1 MiB and is left out");
        return None;
    }
    match tokio::fs::read_to_string(&path).await {
        Ok(text) => Some(Template { name: name.to_owned(), text, path: Some(path) }),
        Err(error) => {
            tracing::warn!(path = %path.display(), %error, "a template cannot be read and is left out");
            None
        }
    }
}

/// Whether a text can be the name of a template; anything else could lead to another file.
fn is_name(name: &str) -> bool {
    (1..=64).contains(&name.len()) && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
}

/// The template of this name, the user's before the built-in one.
///
/// # Errors
/// `invalid_template_name`, `template_not_found`.
pub async fn find(home: &Path, name: &str) -> Result<Template> {
    if !is_name(name) {
        return Err(Error::new(
            ErrorCode::InvalidTemplateName,
            "The name of a template has 1 to 64 letters, digits, '_' or '-'",
        ));
    }
    if let Some(found) = read_user_file(&home.join("agents"), name).await {
        return Ok(found);
    }
    builtin_templates().into_iter().find(|template| template.name == name).ok_or_else(|| {
        Error::new(
            ErrorCode::TemplateNotFound,
            format!("There is no template '{name}'; GET /api/templates lists all of them"),
        )
    })
}

/// The template of this name with its complete manifest.
///
/// # Errors
/// As `find`; `invalid_template` when a user's file is no manifest.
pub async fn get(home: &Path, name: &str) -> Result<TemplateDetail> {
    let template = find(home, name).await?;
    let (manifest, warnings) = template.read().map_err(|error| {
        let message = format!("The file of the template '{name}' is no manifest: {}", error.message());
        Error::new(ErrorCode::InvalidTemplate, message).with_details(error.details().to_vec())
    })?;
    let warnings = warnings.iter().map(|warning| format!("{}: {}", warning.path, warning.message)).collect();
    Ok(TemplateDetail { template: template.row(&manifest), manifest, warnings })
}

/// Which templates a list shows.
#[derive(Debug, Default)]
pub struct Wanted {
    pub category: Option<TemplateCategory>,
    /// Part of name, description or a tag, in any case.
    pub text: Option<String>,
}

/// A page of templates by name.
pub async fn list(home: &Path, params: &ListParams, wanted: &Wanted) -> Result<Page<AgentTemplate>> {
    const LIST: &str = "templates";
    let mut all: BTreeMap<String, Template> =
        builtin_templates().into_iter().map(|template| (template.name.clone(), template)).collect();
    for template in user_templates(&home.join("agents")).await {
        all.insert(template.name.clone(), template);
    }
    let mut rows: Vec<AgentTemplate> =
        all.values().map(Template::row_or_reason).filter(|row| wanted.fits(row)).collect();
    let total = rows.len() as u64;
    if let Some(after) = params.after::<String>(LIST)? {
        rows.retain(|row| row.name > after);
    }
    Ok(Page::cut(rows, params.limit(), total, LIST, |row| row.name.clone()))
}

impl Wanted {
    fn fits(&self, row: &AgentTemplate) -> bool {
        let text = self.text.as_ref().map(|text| text.to_lowercase());
        let has = |text: &String| {
            [&row.name, &row.description].into_iter().chain(&row.tags).any(|part| part.to_lowercase().contains(text))
        };
        self.category.is_none_or(|category| category == row.category) && text.as_ref().is_none_or(has)
    }
}

impl Template {
    /// The manifest, checked like any other but against a server with factory settings.
    pub fn read(&self) -> Result<(AgentManifest, Vec<ManifestWarning>)> {
        let options = ParseOptions { strict: false, scopes: Scopes::ALL, previous: None, overrides: None };
        let parsed = parse(Source::Text(&self.text), options, &ServerFacts::factory())?;
        Ok((parsed.manifest, parsed.warnings))
    }

    fn row(&self, manifest: &AgentManifest) -> AgentTemplate {
        let category = manifest.metadata.get("category").and_then(|category| category.as_str());
        AgentTemplate {
            name: self.name.clone(),
            description: manifest.description.clone(),
            category: category.and_then(TemplateCategory::parse).unwrap_or_default(),
            tags: manifest.tags.clone(),
            provider: manifest.model.provider.clone(),
            model: manifest.model.model.clone(),
            tools: tools_of(manifest),
            source: if self.path.is_some() { TemplateSource::User } else { TemplateSource::Builtin },
            path: self.path.as_ref().map(|path| path.display().to_string()),
            manifest_toml: self.text.clone(),
        }
    }

    /// A broken file is listed too, so that its owner learns why no agent can be made of it.
    fn row_or_reason(&self) -> AgentTemplate {
        match self.quick_read() {
            Ok(manifest) => self.row(&manifest),
            Err(error) => AgentTemplate {
                description: format!("This file is no manifest. {}", error.message()),
                tools: vec![],
                ..self.row(&AgentManifest::default())
            },
        }
    }

    /// Built-in templates are canonical, as a test proves, and need no check to be listed.
    fn quick_read(&self) -> Result<AgentManifest> {
        match self.path {
            None => toml::from_str(&self.text).map_err(Error::internal),
            Some(_) => self.read().map(|(manifest, _)| manifest),
        }
    }
}

fn tools_of(manifest: &AgentManifest) -> Vec<String> {
    if let Some(tools) = &manifest.capabilities.tools {
        return tools.clone();
    }
    let row = manifest.profile.unwrap_or(Profile::Minimal).row();
    row.into_iter().flat_map(|row| row.tools.iter().chain(&BASE_TOOLS)).map(|tool| (*tool).to_owned()).collect()
}

/// All profiles but `custom`, which is what a manifest lists itself.
pub fn profiles() -> ProfileList {
    let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
    let profiles = PROFILES.iter().map(|row| ToolProfile {
        name: row.name.to_owned(),
        description: row.description.to_owned(),
        tools: texts(row.tools),
        base_tools: texts(&BASE_TOOLS),
        implied_grants: texts(row.implied_grants),
    });
    ProfileList { profiles: profiles.collect(), total: PROFILES.len() as i64, next_cursor: None }
}
