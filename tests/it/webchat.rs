//! The chat page and its files: who may keep what, and under which content policy.

use crate::support::TestApp;

const FILES: [(&str, &str, &str); 4] = [
    ("webchat_favicon", "image/x-icon", "public, max-age=86400"),
    ("webchat_logo", "image/png", "public, max-age=86400"),
    ("webchat_manifest", "application/manifest+json", "public, max-age=86400"),
    ("webchat_service_worker", "application/javascript", "no-cache"),
];

/// The addresses in `./assets/` that the page asks for.
fn assets(page: &str) -> Vec<String> {
    let names = page.split("\"./assets/").skip(1);
    names.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

#[tokio::test]
async fn the_page_has_a_nonce_of_its_own_in_each_answer() {
    let app = TestApp::start().await;
    let mut nonces = vec![];
    for _ in 0..2 {
        let answer = app.anonymous().call("webchat_page").send().await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("etag"), "");
        let policy = answer.header("content-security-policy").to_owned();
        let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        let start = format!(
            "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; \
             img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; frame-src 'self' blob:; \
             object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        );
        assert!(policy.starts_with(&start), "{policy}");
        let page = answer.text();
        assert!(page.contains(&format!("nonce=\"{nonce}\"")), "{page}");
        assert!(!page.contains("CSP_NONCE"), "{page}");
        nonces.push(nonce);
    }
    assert_ne!(nonces[0], nonces[1]);
}

#[tokio::test]
async fn assets_may_be_kept_for_ever() {
    let app = TestApp::start().await;
    let client = app.anonymous();
    let names = assets(&client.call("webchat_page").send().await.text());
    assert!(names.iter().any(|n| n.ends_with(".js")) && names.iter().any(|n| n.ends_with(".css")), "{names:?}");
    for name in names {
        let answer = client.call("webchat_asset").path("path", &name).send().await;
        assert_eq!(answer.status, 200, "{name}");
        assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
        let tag = answer.header("etag").to_owned();
        for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
            let again = client.call("webchat_asset").path("path", &name).header("if-none-match", &known).send().await;
            assert_eq!((again.status, again.bytes.len()), (304, 0), "{known}");
            assert_eq!(again.header("etag"), tag);
        }
        let other = client.call("webchat_asset").path("path", &name).header("if-none-match", "\"other\"").send().await;
        assert_eq!(other.status, 200);
    }
}

#[tokio::test]
async fn unknown_assets_and_paths_outside_are_not_found() {
    let app = TestApp::start().await;
    for name in ["nothing.js", "../index.html", "..%2Findex.html"] {
        app.anonymous().call("webchat_asset").path("path", name).fails(404, "not_found").await;
    }
}

#[tokio::test]
async fn files_have_their_type_and_a_tag() {
    let app = TestApp::start().await;
    let client = app.anonymous();
    for (operation, content_type, cache) in FILES {
        let answer = client.call(operation).send().await;
        assert_eq!(answer.status, 200, "{operation}");
        assert_eq!(answer.header("content-type"), content_type, "{operation}");
        assert_eq!(answer.header("cache-control"), cache, "{operation}");
        let tag = answer.header("etag").to_owned();
        let again = client.call(operation).header("if-none-match", &tag).send().await;
        assert_eq!(again.status, 304, "{operation}");
    }
}

#[tokio::test]
async fn the_service_worker_may_fetch_what_it_keeps() {
    let app = TestApp::start().await;
    let policy = app.anonymous().call("webchat_service_worker").send().await;
    assert_eq!(
        policy.header("content-security-policy"),
        "default-src 'none'; connect-src 'self'; frame-ancestors 'none'"
    );
}

#[tokio::test]
async fn the_manifest_names_pictures_that_exist() {
    let app = TestApp::start().await;
    let manifest = app.anonymous().call("webchat_manifest").ok(200).await;
    assert_eq!(manifest["start_url"], "/");
    assert_eq!(manifest["display"], "standalone");
    for icon in manifest["icons"].as_array().unwrap() {
        let answer = app.anonymous().raw("HEAD", icon["src"].as_str().unwrap()).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["content-type"], icon["type"].as_str().unwrap());
    }
}

#[tokio::test]
async fn only_get_and_head() {
    let app = TestApp::start().await;
    for path in ["/", "/logo.png", "/sw.js"] {
        assert_eq!(app.anonymous().raw("HEAD", path).send().await.unwrap().status(), 200, "{path}");
        assert_eq!(app.admin().raw("POST", path).send().await.unwrap().status(), 405, "{path}");
    }
}

#[tokio::test]
async fn first_load_stays_small() {
    let app = TestApp::start().await;
    let names = assets(&app.anonymous().call("webchat_page").send().await.text());
    // The usual client would take the compression off again.
    let plain = reqwest::Client::builder().no_gzip().build().unwrap();
    let mut bytes = 0;
    for name in names.iter().filter(|n| n.ends_with(".js")) {
        let request = app.anonymous().raw("GET", &format!("/assets/{name}")).header("accept-encoding", "gzip");
        let answer = plain.execute(request.build().unwrap()).await.unwrap();
        assert_eq!(answer.headers()["content-encoding"], "gzip");
        bytes += answer.bytes().await.unwrap().len();
    }
    assert!(bytes > 0 && bytes <= 60_000, "{bytes} bytes of compressed scripts");
}
