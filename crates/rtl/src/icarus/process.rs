//! A vvp in motion, and what passes between it and this program.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::Speaks;
use super::compile::{BRIDGE_NAME, Compiled};

/// How an answer of the bridge begins. All else is what the module prints.
const MARK: &[u8] = b"\x01memspike ";

/// How long a process may be silent that the bridge has not bounded itself: the bridge bounds the processor's time.
const PATIENCE: Duration = Duration::from_secs(300);

/// Longest line of the module that is looked at for what ends the run.
const MOST_KEPT: usize = 1000;

/// A process of vvp. It ends when this is dropped, or within a second when this program is gone.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    stream: BufReader<UnixStream>,
    /// What the module printed of an error, a stop or an end that it made itself.
    complaint: Option<String>,
}

impl Process {
    /// Starts one; it waits before the first instant.
    pub fn start(compiled: &Compiled) -> Result<Self, String> {
        let told = |error: io::Error| format!("vvp cannot be started: {error}");
        let (ours, its) = UnixStream::pair().map_err(told)?;
        ours.set_read_timeout(Some(PATIENCE)).map_err(told)?;
        let output = OwnedFd::from(its.try_clone().map_err(told)?);
        let mut command = Command::new("vvp");
        if let Some(folder) = compiled.model.parent() {
            command.arg("-M").arg(folder);
        }
        // Without a terminal to ask at, `$stop` is an end with another status.
        command.args(["-m", BRIDGE_NAME, "-N"]).arg(&compiled.model);
        command.env("MEMSPIKE_PROGRAM", std::process::id().to_string());
        command.env_remove("MEMSPIKE_DELAYS");
        if compiled.delays {
            command.env("MEMSPIKE_DELAYS", "1");
        }
        // Ctrl-C is for this program, which ends the run as it should be.
        command.process_group(0);
        command.stdin(Stdio::from(OwnedFd::from(its))).stdout(Stdio::from(output));
        let child = command.spawn().map_err(told)?;
        Ok(Self { child, stream: BufReader::new(ours), complaint: None })
    }

    /// Tells it something. That it is gone is seen when it is listened to.
    pub fn tell(&mut self, line: &str) {
        let _ = self.stream.get_mut().write_all(line.as_bytes());
    }

    /// Its next answer; what the module prints before goes to standard error, because standard output may be a result.
    pub fn listen(&mut self) -> Speaks {
        loop {
            let mut line = Vec::new();
            let read = (&mut self.stream).take(1 << 22).read_until(b'\n', &mut line);
            match read {
                Ok(0) => return Speaks::Ended(self.end()),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => {
                    return Speaks::Ended(self.end());
                }
                Err(_) => {
                    let _ = self.child.kill();
                    return Speaks::Ended(format!("vvp was silent for {} s", PATIENCE.as_secs()));
                }
            }
            let mark = line.windows(MARK.len()).position(|part| part == MARK);
            self.print(&line[..mark.unwrap_or(line.len())]);
            let Some(mark) = mark else { continue };
            let answer = String::from_utf8_lossy(&line[mark + MARK.len()..]);
            match answer.trim_end() {
                "endless" => {
                    let message = "an instant does not come to an end: it took more than 10 s of processor time \
                                   (a loop without a delay?)";
                    return Speaks::Ended(message.to_owned());
                }
                answer => return Speaks::Answer(answer.to_owned()),
            }
        }
    }

    /// Waits for its end after it has announced that. Gives what the module complained of, if it did not end as it should.
    pub fn finished(&mut self) -> Option<String> {
        while let Speaks::Answer(_) = self.listen() {}
        let fine = self.child.wait().is_ok_and(|status| status.success());
        if fine {
            return None;
        }
        Some(self.complaint.take().unwrap_or_else(|| "$stop or $fatal".to_owned()))
    }

    /// Passes on what the module prints, and keeps what a run ends with.
    fn print(&mut self, text: &[u8]) {
        if text.is_empty() {
            return;
        }
        let _ = io::stderr().write_all(text);
        let line = String::from_utf8_lossy(&text[..text.len().min(MOST_KEPT)]);
        if let Some(complaint) = complaint(line.trim_end()) {
            self.complaint.get_or_insert(complaint);
        }
    }

    /// What the module complained of since this was last asked.
    pub fn complaint(&mut self) -> Option<String> {
        self.complaint.take()
    }

    /// Why it has ended.
    fn end(&mut self) -> String {
        let _ = self.child.kill();
        match self.child.wait().map(|status| (status.signal(), status.code())) {
            Ok((Some(signal), _)) => format!("vvp was killed by signal {signal}"),
            Ok((None, Some(code))) => format!("vvp ended with status {code}"),
            _ => "vvp has ended".to_owned(),
        }
    }
}

/// What ends a run, if a line is that: `FATAL: FILE:LINE: TEXT` of `$fatal`, `ERROR:` likewise of `$error` and failed assertions,
/// `FILE:LINE: $stop called at TIME`.
fn complaint(line: &str) -> Option<String> {
    if let Some((place, _)) = line.split_once("$stop called at") {
        return Some(format!("{place}$stop"));
    }
    let text = ["FATAL: ", "ERROR: "].iter().find_map(|word| line.strip_prefix(word))?;
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    text.split(':').nth(1).is_some_and(is_number).then(|| text.to_owned())
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
