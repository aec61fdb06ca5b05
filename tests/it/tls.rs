//! TLS by the server itself.

use openfang::http::outbound::operator_client;

use crate::support::TestApp;

#[tokio::test]
async fn tls_serves_https_with_hsts() {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    let app = TestApp::with(|c| {
        std::fs::write(c.home.join("cert.pem"), made.cert.pem()).unwrap();
        std::fs::write(c.home.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
        c.tls.cert = Some("cert.pem".into());
        c.tls.key = Some("key.pem".into());
    })
    .await;
    let http = operator_client().tls_danger_accept_invalid_certs(true).build().unwrap();
    let url = format!("{}/api/health", app.base.replace("http://", "https://"));
    let response = http.get(url).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let hsts = response.headers()["strict-transport-security"].to_str().unwrap();
    assert_eq!(hsts, "max-age=63072000; includeSubDomains");
}
