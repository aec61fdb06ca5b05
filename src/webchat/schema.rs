//! Wire types of the webchat slice.

use serde::Serialize;
use utoipa::ToSchema;

/// The bytes of a file.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
pub struct FileBytes(pub Vec<u8>);

/// What a browser needs to know to install the page as an app (W3C Web Application Manifest).
#[derive(Serialize, ToSchema)]
pub struct WebAppManifest {
    /// Name of the page.
    #[schema(example = "openfang")]
    pub name: String,
    /// The same, for small places.
    pub short_name: String,
    /// What the page is.
    pub description: String,
    /// Address it opens with.
    #[schema(example = "/")]
    pub start_url: String,
    /// `standalone`: a window without the browser's controls.
    #[schema(example = "standalone")]
    pub display: String,
    /// Colour before the page is drawn.
    pub background_color: String,
    /// Colour of the window around it.
    pub theme_color: String,
    /// Pictures of the page.
    pub icons: Vec<WebAppIcon>,
}

/// One picture of the app.
#[derive(Serialize, ToSchema)]
pub struct WebAppIcon {
    /// Address of the picture.
    #[schema(example = "/logo.png")]
    pub src: String,
    /// Width and height in pixels, several separated by spaces.
    #[schema(example = "512x512")]
    pub sizes: String,
    /// Media type.
    #[serde(rename = "type")]
    #[schema(example = "image/png")]
    pub media_type: String,
}
