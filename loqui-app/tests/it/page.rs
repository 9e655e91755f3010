//! The web page, in a real browser.

mod needs_chromium {
    use std::path::Path;

    use crate::browser::Browser;
    use crate::program::shared;
    use crate::server::Start;

    /// A recording as microphones give it, at 48 kHz: the browser does not resample its fake one.
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

    /// Sign in, record, read the report, write, speak, play, download, delete.
    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "needs Chromium"]
    async fn the_whole_path_works_with_a_microphone() {
        let server = Start::offline().start().await;
        let mut page = Browser::start(&microphone(server.folder.path())).await;
        page.resize(390, 844, true).await;
        page.open(&server.url).await;
        page.until("!document.getElementById('account').hidden").await;
        page.js("username.value = 'testuser'; password.value = 'wrong-one'")
            .await;
        page.js("document.querySelector('#account-form [type=submit]').click()")
            .await;
        page.until("document.getElementById('account-problem').textContent.startsWith('Incorrect')")
            .await;
        page.js("password.value = 'testpass123'").await;
        page.js("document.querySelector('#account-form [type=submit]').click()")
            .await;
        page.until("!document.getElementById('studio').hidden && document.getElementById('new-voice').open")
            .await;

        page.js("document.getElementById('voice-name').value = 'From the microphone'")
            .await;
        page.js("document.getElementById('record').click()").await;
        page.until("document.getElementById('record-clock').textContent >= '0:08 of'")
            .await;
        assert!(
            page.js("document.getElementById('level').value")
                .await
                .as_f64()
                .unwrap()
                >= 0.0
        );
        page.js("document.getElementById('record').click()").await;
        page.until("!document.getElementById('report').hidden").await;
        let report = page.js("document.getElementById('report-title').textContent").await;
        let findings = page.js("document.getElementById('findings').textContent").await;
        assert_eq!(report, "“From the microphone” can be used", "{findings}");
        page.until("document.getElementById('voice').selectedOptions[0].text.startsWith('From the mic')")
            .await;

        let write = "const script = document.getElementById('script'); script.value = 'Hello! This is my voice.'; \
                     script.dispatchEvent(new Event('input'))";
        page.js(write).await;
        page.until("document.getElementById('estimate').textContent.startsWith('24 characters · 1 segment')")
            .await;
        page.js("document.getElementById('speak').click()").await;
        page.until("!document.getElementById('result').hidden").await;
        page.until("document.getElementById('player').duration > 1").await;
        let read = |path: &str| {
            format!("import('/web/api.js').then((api) => api.blob('/api/{path}')).then((blob) => blob.text())")
        };
        let sound = page.js(&read("library/download/generated/1")).await;
        assert!(sound.as_str().unwrap().starts_with("RIFF"));
        let subtitles = page.js(&read("generation/1/subtitles")).await;
        assert!(subtitles.as_str().unwrap().contains("This is my voice."), "{subtitles}");
        for (name, file) in [("wav", "loqui-1.wav"), ("srt", "loqui-1.srt"), ("vtt", "loqui-1.vtt")] {
            let link = format!("document.getElementById('download-{name}')");
            assert_eq!(page.js(&format!("{link}.download")).await, file);
            assert_eq!(page.js(&format!("{link}.href.startsWith('blob:')")).await, true);
        }
        page.js("document.getElementById('player').play()").await;
        page.until("document.getElementById('player').currentTime > 0").await;
        assert_eq!(
            page.js("document.documentElement.scrollWidth > innerWidth").await,
            false,
            "phone width"
        );

        // Everything that can be used has a name.
        let nameless = "[...document.querySelectorAll('input, select, textarea, button, meter, progress, canvas')] \
                        .filter((part) => !(part.labels?.length || part.ariaLabel || part.textContent.trim() \
                        || part.getAttribute('aria-labelledby'))).map((part) => part.outerHTML)";
        assert_eq!(page.js(nameless).await, serde_json::json!([]));

        page.until("document.querySelectorAll('#speeches button').length > 1")
            .await;
        page.js("window.confirm = () => true").await;
        page.js("document.querySelector('#voices [aria-label^=Delete]').click()")
            .await;
        page.until("document.querySelector('#speeches .empty') && document.querySelector('#voices .empty')")
            .await;
        let complaints: Vec<_> = page
            .complaints()
            .iter()
            // The wrong password was answered with 401, as it must be.
            .filter(|complaint| !complaint.to_string().contains("401"))
            .collect();
        assert!(complaints.is_empty(), "{complaints:?}");
    }
}
