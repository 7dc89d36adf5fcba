//! A server process from its start to SIGTERM.

use std::future::Future;
use std::net::{SocketAddr, TcpListener};

use crate::entry::server::{self, Options};
use crate::platform::app::App;

use super::Outcome;
use super::place::cause;

/// Runs one asynchronous command to its end.
pub fn block_on(work: impl Future<Output = Outcome>) -> Outcome {
    actix_web::rt::System::new().block_on(work)
}

/// Binds the address before anything slow is done, so that a busy port is reported at once.
pub fn listen(address: SocketAddr) -> Result<TcpListener, String> {
    TcpListener::bind(address)
        .map_err(|e| format!("不能监听 {address}：{e}。请用 --listen 换一个地址或端口，或先停掉占用它的程序。"))
}

/// Serves until SIGTERM or SIGINT; `greet` is told the address once requests are answered.
pub async fn until_stopped(app: App, listener: TcpListener, options: Options, greet: impl FnOnce(SocketAddr)) -> Outcome {
    // Installed before the listener answers, so that a signal from now on ends the process in order.
    let stop = stop_signal()?;
    let server = server::start(app, listener, options).map_err(|e| cause(&e))?;
    greet(server.address());
    server.run_until(stop).await;
    Ok(())
}

#[cfg(unix)]
fn stop_signal() -> Result<impl Future<Output = ()>, String> {
    use tokio::signal::unix::{SignalKind, signal};
    let said = |e: std::io::Error| format!("不能接收停止信号：{e}");
    let mut term = signal(SignalKind::terminate()).map_err(said)?;
    let mut int = signal(SignalKind::interrupt()).map_err(said)?;
    Ok(async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn stop_signal() -> Result<impl Future<Output = ()>, String> {
    Ok(async {
        // Without the signal there is no way to stop but to kill, which loses nothing either.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
