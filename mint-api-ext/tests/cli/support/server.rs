//! `mint simulator` as a process.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};

use serde_json::Value;

use super::desk::mint;

/// What starts it.
pub(crate) const SIMULATOR: &[&str] = &["simulator", "--fast"];

/// Stops the server also when a test fails.
pub(crate) struct Server {
    pub(crate) process: Child,
    /// What its first two lines set.
    pub(crate) variables: Vec<(String, String)>,
}

impl Server {
    pub(crate) fn start() -> Self {
        let process = mint(SIMULATOR).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut server = Self { process, variables: Vec::new() };
        let lines = BufReader::new(server.process.stdout.take().unwrap()).lines().take(2);
        let variable = |line: String| {
            let (name, value) = line.strip_prefix("export ").unwrap().split_once('=').unwrap();
            (name.to_owned(), value.to_owned())
        };
        server.variables = lines.map(|line| variable(line.unwrap())).collect();
        server
    }

    /// Sets a fault by the control route, and returns the state.
    pub(crate) fn set(&self, fault: &Value) -> Value {
        let (status, state) = self.request("POST /_simulator/faults", &[], &fault.to_string());
        assert_eq!(status, "200", "{fault}: {state}");
        state
    }

    /// What the control route shows.
    pub(crate) fn state(&self) -> Value {
        self.request("GET /_simulator", &[], "").1
    }

    /// The header with the key.
    pub(crate) fn authorization(&self) -> String {
        format!("authorization: Bearer {}", self.variables[1].1)
    }

    /// The status and the body of the reply to a request without a library for HTTP.
    pub(crate) fn request(&self, line: &str, headers: &[String], body: &str) -> (String, Value) {
        let address = self.variables[0].1.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        let head = format!("{line} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n");
        let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
        write!(stream, "{head}{headers}content-length: {}\r\n\r\n{body}", body.len()).unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).unwrap();
        let (head, body) = reply.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().to_owned(), serde_json::from_str(body).unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
