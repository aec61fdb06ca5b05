//! One host a request, as HTTP demands: with two of them, a proxy and this server could each believe another one.

use axum::{
    extract::Request,
    http::{Version, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::error::{Error, ErrorCode};

pub async fn layer(request: Request, next: Next) -> Response {
    let hosts = request.headers().get_all(header::HOST).iter().count();
    let may_lack_it = request.version() != Version::HTTP_11;
    if hosts == 1 || (hosts == 0 && may_lack_it) {
        return next.run(request).await;
    }
    let message = format!("A request has one header Host; this one has {hosts}");
    Error::new(ErrorCode::InvalidRequest, message).with_detail("Host", "must be given once").into_response()
}
