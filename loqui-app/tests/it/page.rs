//! The web page in Chromium, with a provider under control of the test. `web-tests/` has the other tests of the page.

mod needs_chromium {
    use std::path::Path;
    use std::time::Duration;

    use loqui_emulator::{Emulator, Settings};

    use crate::browser::Browser;
    use crate::program::shared;
    use crate::server::{Server, Start};

    /// A recording at 48 kHz, because the browser does not resample the file of its fake microphone.
    fn microphone(folder: &Path) -> String {
        let mut reader = hound::WavReader::open(shared("voices/heart.wav")).unwrap();
        let mut spec = reader.spec();
        spec.sample_rate *= 2;
        let path = folder.join("microphone.wav");
        let mut writer = hound::WavWriter::create(&path, spec).unwrap();
        for sample in reader.samples::<i16>() {
            let sample = sample.unwrap();
            writer.write_sample(sample).unwrap();
            writer.write_sample(sample).unwrap();
        }
        writer.finalize().unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Opens the page and signs in.
    async fn studio(server: &Server) -> Browser {
        let mut page = Browser::start(&microphone(server.folder.path())).await;
        page.open(&server.url).await;
        page.until("!document.getElementById('account').hidden").await;
        page.js("username.value = 'testuser'; password.value = 'testpass123'")
            .await;
        page.js("document.querySelector('#account-form [type=submit]').click()")
            .await;
        page.until("document.querySelector('.voice')").await;
        page
    }

    /// A first segment of some seconds, and a second one that takes more than twice as long.
    const TWO_PARTS: &str = "The first part is long enough to stand alone, and it can be heard at once.\n\n\
        The second part is much longer, so that the provider works on it while the first one is heard already: it goes \
        on and on, about the weather, about the hills behind the house, and about all that was said before the winter.";

    /// Starts the generation of both segments, with the clock of the emulator under control of the test.
    async fn under_way(page: &mut Browser, emulator: &Emulator) {
        let write = format!(
            "const area = document.getElementById('script'); area.value = {}; area.dispatchEvent(new Event('input'))",
            serde_json::json!(TWO_PARTS)
        );
        page.js(&write).await;
        page.js("document.getElementById('speak').click()").await;
        let mut ticks = tokio::time::interval(Duration::from_millis(50));
        while emulator.ledger().creates.len() < 2 {
            ticks.tick().await;
        }
    }

    async fn status(page: &mut Browser) -> String {
        let ask =
            "import('/web/lib/api.js').then((api) => api.get('/api/generation/status/1')).then((it) => it.status)";
        page.js(ask).await.as_str().unwrap().to_owned()
    }

    /// A generation plays before it is complete, without a gap, and ends as the complete speech.
    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "needs Chromium"]
    async fn speech_plays_while_the_rest_is_generated() {
        let mut settings = Settings::default();
        (settings.run, settings.run_per_audio_second) = (Duration::ZERO, Duration::from_secs(1));
        settings.time_scale = 0.0;
        let emulator = Emulator::builder().settings(settings).start().await.unwrap();
        let server = Start::at(&emulator).start().await;
        server.demo().await.voice().await;
        let mut page = studio(&server).await;
        under_way(&mut page, &emulator).await;
        assert_eq!(page.js("document.getElementById('listen').hidden").await, true);

        emulator.advance(Duration::from_secs(10)).await;
        page.until("document.getElementById('player').currentTime > 0.3").await;
        assert_eq!(status(&mut page).await, "PROCESSING");
        assert_eq!(page.js("document.getElementById('download').hidden").await, true);
        let told = page.js("document.getElementById('listen-text').textContent").await;
        assert_eq!(told, "You hear what is spoken so far; the rest follows.");

        // A reload during generation keeps the speech. It plays when the user wants it.
        page.open(&server.url).await;
        page.until("document.getElementById('listen-text').textContent.startsWith('Press play')")
            .await;
        assert_eq!(page.js("document.getElementById('player').paused").await, true);
        page.js("document.getElementById('play').click()").await;
        page.until("document.getElementById('player').currentTime > 0.3").await;
        assert_eq!(status(&mut page).await, "PROCESSING");
        page.until("document.getElementById('listen-text').textContent.startsWith('The next part')")
            .await;

        emulator.advance(Duration::from_mins(1)).await;
        page.until("!document.getElementById('download').hidden").await;
        // Playback continues into the second segment by itself.
        page.until("document.getElementById('player').currentTime > 6").await;
        assert_eq!(page.js("document.getElementById('player').paused").await, false);
        page.js("document.getElementById('player').pause()").await;
        page.until("document.getElementById('player').duration > 15").await;
        let place = page.js("document.getElementById('player').currentTime").await;
        assert!(
            place.as_f64().unwrap() > 5.0,
            "the finished sound goes on where the listener was: {place}"
        );
        assert_eq!(page.js("document.getElementById('listen-text').textContent").await, "");
        assert_eq!(page.complaints(), &[] as &[serde_json::Value]);
    }
}
