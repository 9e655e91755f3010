//! A file server on this machine that misbehaves as it is told to.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A request that the server received.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) method: String,
    pub(super) path: String,
    headers: HashMap<String, String>,
}

impl Request {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// First byte of the requested range.
    fn start(&self) -> Option<usize> {
        self.header("range")?
            .strip_prefix("bytes=")?
            .strip_suffix('-')?
            .parse()
            .ok()
    }
}

/// What the server sends.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    /// Bytes of the body after which the connection closes.
    cut: Option<usize>,
    length: bool,
}

impl Answer {
    pub(super) fn status(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
            cut: None,
            length: true,
        }
    }

    pub(super) fn body(body: &[u8]) -> Self {
        Self {
            body: body.to_vec(),
            ..Self::status(200)
        }
    }

    /// A part of a file that is at `range`, as the server says.
    pub(super) fn partial(body: &[u8], range: &str) -> Self {
        Self {
            status: 206,
            ..Self::body(body)
        }
        .header("content-range", range)
    }

    pub(super) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub(super) fn cut_after(mut self, bytes: usize) -> Self {
        self.cut = Some(bytes);
        self
    }

    /// Ends the answer by closing the connection, without stating its length.
    pub(super) fn without_length(mut self) -> Self {
        self.length = false;
        self
    }

    /// A file, or the part of it that the request asks for.
    pub(super) fn file(request: &Request, content: &[u8], etag: &str) -> Self {
        let quoted = format!("\"{etag}\"");
        let unchanged = request.header("if-range").is_none_or(|tag| tag == quoted);
        match request.start() {
            Some(start) if unchanged && start < content.len() => {
                let range = format!("bytes {start}-{}/{}", content.len() - 1, content.len());
                Self::partial(&content[start..], &range)
            }
            Some(_) if unchanged => Self::status(416),
            _ => Self::body(content),
        }
        .header("etag", quoted)
    }
}

type Handler = Box<dyn FnMut(&Request) -> Answer + Send>;

/// The server. It stops with the test process.
pub(super) struct Server {
    pub(super) address: String,
    handlers: Arc<Mutex<HashMap<String, Handler>>>,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let handlers: Arc<Mutex<HashMap<String, Handler>>> = Arc::default();
        let requests: Arc<Mutex<Vec<Request>>> = Arc::default();
        let shared = (Arc::clone(&handlers), Arc::clone(&requests));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (handlers, requests) = (Arc::clone(&shared.0), Arc::clone(&shared.1));
                std::thread::spawn(move || serve(stream.unwrap(), &handlers, &requests));
            }
        });
        Self {
            address,
            handlers,
            requests,
        }
    }

    /// Answers requests of a path.
    pub(super) fn on(&self, path: &str, handler: impl FnMut(&Request) -> Answer + Send + 'static) {
        self.handlers.lock().unwrap().insert(path.to_owned(), Box::new(handler));
    }

    /// Serves a file faultlessly.
    pub(super) fn file(&self, path: &str, content: Vec<u8>) {
        self.on(path, move |request| Answer::file(request, &content, "v1"));
    }

    pub(super) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// Requests of a path with this method.
    pub(super) fn count(&self, method: &str, path: &str) -> usize {
        let requests = self.requests();
        requests
            .iter()
            .filter(|request| request.method == method && request.path == path)
            .count()
    }
}

fn serve(mut stream: TcpStream, handlers: &Mutex<HashMap<String, Handler>>, requests: &Mutex<Vec<Request>>) {
    let Some(request) = read(&stream) else { return };
    requests.lock().unwrap().push(request.clone());
    let path = request.path.split('?').next().unwrap_or_default();
    let answer = match handlers.lock().unwrap().get_mut(path) {
        Some(handler) => handler(&request),
        None => Answer::status(404),
    };
    let mut head = format!("HTTP/1.1 {} Answer\r\nconnection: close\r\n", answer.status);
    if answer.length {
        head = format!("{head}content-length: {}\r\n", answer.body.len());
    }
    for (name, value) in &answer.headers {
        head = format!("{head}{name}: {value}\r\n");
    }
    head += "\r\n";
    let body = match answer.cut {
        Some(cut) => &answer.body[..cut.min(answer.body.len())],
        None => &answer.body,
    };
    // A client that has enough closes first.
    let _ = stream.write_all(head.as_bytes());
    if request.method != "HEAD" {
        let _ = stream.write_all(body);
    }
    let _ = stream.flush();
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next()?.ok()?;
    let mut words = first.split(' ');
    let mut request = Request {
        method: words.next()?.to_owned(),
        path: words.next()?.to_owned(),
        headers: HashMap::new(),
    };
    for line in lines {
        let line = line.ok()?;
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        request
            .headers
            .insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    Some(request)
}
