//! Scripts that lie in files: `builtin/script:NAME` is `NAME.script` in the configured folder, read for each call.

use std::path::Path;

use tokio::{fs::File, io::AsyncReadExt};

use super::super::{failure, no_model};
use crate::llm::{ErrorClass, LlmError};

const MAX_BYTES: usize = 256 * 1024;
const MAX_NAME: usize = 64;

pub async fn read(folder: &Path, name: &str) -> Result<String, LlmError> {
    let plain = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-'));
    if !plain || name.is_empty() || name.len() > MAX_NAME {
        return Err(no_model("a script name has 1 to 64 characters of a-z, 0-9, '_' and '-'".to_owned()));
    }
    let missing = |_| no_model(format!("there is no readable script '{name}' in builtin.scripts_dir"));
    let file = File::open(folder.join(format!("{name}.script"))).await.map_err(missing)?;
    let mut bytes = Vec::new();
    file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes).await.map_err(missing)?;
    if bytes.len() > MAX_BYTES {
        return Err(refused(format!("script '{name}' has more than 256 KiB")));
    }
    String::from_utf8(bytes).map_err(|_| refused(format!("script '{name}' is not UTF-8")))
}

fn refused(message: String) -> LlmError {
    failure(ErrorClass::BadRequest, Some(400), message)
}
