//! Finding and reading templates. Built-in ones are part of the program; a user's file of the same name hides them.

use std::{
    collections::BTreeMap,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use rust_embed::Embed;
use tokio::io::AsyncReadExt;

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

/// A user's file, or why it is none: it still hides a built-in template of its name.
#[derive(Debug)]
struct UserFile {
    name: String,
    path: PathBuf,
    text: std::result::Result<String, String>,
}

impl UserFile {
    /// None: there is no such file.
    async fn read(folder: &Path, name: &str) -> Option<Self> {
        let path = folder.join(name).join("agent.toml");
        match tokio::fs::symlink_metadata(&path).await {
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return None,
            _ => {}
        }
        let text = read_text(&path).await;
        Some(Self { name: name.to_owned(), path, text })
    }

    fn row(self) -> AgentTemplate {
        let Self { name, path, text } = self;
        match text {
            Ok(text) => Template { name, text, path: Some(path) }.row_or_reason(),
            Err(reason) => {
                Template { name, text: String::new(), path: Some(path) }.broken(format!("This file {reason}."))
            }
        }
    }

    fn template(self) -> Result<Template> {
        let Self { name, path, text } = self;
        match text {
            Ok(text) => Ok(Template { name, text, path: Some(path) }),
            Err(reason) => Err(invalid(&format!("The file {} {reason}", path.display()))),
        }
    }
}

/// The text of a regular file of the size of a manifest, or what is wrong with it, to be put after its name.
async fn read_text(path: &Path) -> std::result::Result<String, String> {
    let cannot = |error: std::io::Error| format!("cannot be read: {error}");
    // Asked before it is opened, as opening a pipe would wait for its other end.
    if !tokio::fs::metadata(path).await.map_err(cannot)?.is_file() {
        return Err("is not a regular file".to_owned());
    }
    let mut bytes = vec![];
    let most = MAX_MANIFEST_BYTES as u64;
    tokio::fs::File::open(path).await.map_err(cannot)?.take(most + 1).read_to_end(&mut bytes).await.map_err(cannot)?;
    if bytes.len() > MAX_MANIFEST_BYTES {
        return Err(format!("is larger than {MAX_MANIFEST_BYTES} bytes"));
    }
    String::from_utf8(bytes).map_err(|error| format!("is not UTF-8 from byte {} on", error.utf8_error().valid_up_to()))
}

fn invalid(message: &str) -> Error {
    Error::new(ErrorCode::InvalidTemplate, message)
}

/// The user's files in `<home>/agents`. A folder that is not there has none.
async fn user_files(folder: &Path) -> Vec<UserFile> {
    let mut all = vec![];
    let Ok(mut entries) = tokio::fs::read_dir(folder).await else { return all };
    while let Ok(Some(entry)) = entries.next_entry().await {
        let Some(name) = entry.file_name().to_str().filter(|name| is_name(name)).map(str::to_owned) else { continue };
        all.extend(UserFile::read(folder, &name).await);
    }
    all
}

/// Whether a text can be the name of a template; anything else could lead to another file.
fn is_name(name: &str) -> bool {
    (1..=64).contains(&name.len()) && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
}

/// The template of this name, the user's before the built-in one.
///
/// # Errors
/// `invalid_template_name`, `template_not_found`; `invalid_template` when a user's file cannot be read.
pub async fn find(home: &Path, name: &str) -> Result<Template> {
    if !is_name(name) {
        return Err(Error::new(
            ErrorCode::InvalidTemplateName,
            "The name of a template has 1 to 64 letters, digits, '_' or '-'",
        ));
    }
    if let Some(file) = UserFile::read(&home.join("agents"), name).await {
        return file.template();
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
        let file = template.path.as_ref().map(|path| format!(" {}", path.display())).unwrap_or_default();
        invalid(&format!("The file{file} is no manifest: {}", error.message())).with_details(error.details().to_vec())
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
    let mut all: BTreeMap<String, AgentTemplate> =
        builtin_templates().into_iter().map(|template| (template.name.clone(), template.row_or_reason())).collect();
    for file in user_files(&home.join("agents")).await {
        all.insert(file.name.clone(), file.row());
    }
    let mut rows: Vec<AgentTemplate> = all.into_values().filter(|row| wanted.fits(row)).collect();
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

    fn row_or_reason(&self) -> AgentTemplate {
        match self.quick_read() {
            Ok(manifest) => self.row(&manifest),
            Err(error) => self.broken(format!("This file is no manifest. {}", error.message())),
        }
    }

    /// A broken file is listed too, so that its owner learns why no agent can be made of it.
    fn broken(&self, description: String) -> AgentTemplate {
        AgentTemplate { description, tools: vec![], ..self.row(&AgentManifest::default()) }
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
