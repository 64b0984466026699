package dev.trimtab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

/** The application as it starts: what it says, where it listens, and how it fails. */
@ExtendWith(OutputCaptureExtension.class)
class TrimtabIT {
    private static final String CONTENT =
            "name[The Eagle], eatType[coffee shop], food[Japanese], priceRange[cheap], area[riverside]";

    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void start_withoutUpstream_startsTheDemoAndSaysWhatToTry() throws Exception {
        try (ConfigurableApplicationContext context = start()) {
            String url = StartBlock.of(context).url();
            String text = StartBlock.of(context).text();

            assertThat(url).matches("http://127[.]0[.]0[.]1:\\d+");
            assertThat(text)
                    .contains("Trimtab is ready: " + url + "/v1")
                    .contains("the embedded demo")
                    .contains("brand-voice (full)")
                    .containsPattern("scorers +on (CPU|CUDA)")
                    .contains("curl " + url + "/v1/chat/completions")
                    .contains(CONTENT);
            assertThat(get(url + "/")).startsWith("Trimtab: ");
            assertThat(get(url + "/livez")).contains("UP");
            assertThat(get(url + "/readyz")).contains("UP");
            assertThat(get(url + "/actuator/health")).contains("UP");
            assertThat(get(url + "/v1/models")).contains("\"demo\"").contains("\"brand-voice\"");
            assertThat(get(url + "/actuator/prometheus")).contains("trimtab_requests_total");
            assertThat(get(url + "/nowhere")).contains("unknown_url");
        }
    }

    @Test
    void start_withUpstream_startsNoDemoAndSkipsItsPolicies(CapturedOutput output) {
        try (ConfigurableApplicationContext context =
                start("trimtab.upstream.base-url=http://127.0.0.1:9/v1", "trimtab.upstream.api-key=sk-secret")) {
            assertThat(StartBlock.of(context).text())
                    .contains("upstream   http://127.0.0.1:9/v1\n")
                    .contains("policies   no-prices (full)")
                    .contains("\"model\":\"MODEL\"")
                    .doesNotContain("sk-secret");
            assertThat(context.getBean(TrimtabProperties.class).toString()).doesNotContain("sk-secret");
        }
        assertThat(output.getAll().lines().filter(line -> line.contains("brand-voice")))
                .singleElement()
                .asString()
                .contains("upstream: demo (expected: upstream, the upstream that is configured)");
    }

    @Test
    void start_quietly(CapturedOutput output) {
        start().close();

        assertThat(output.getAll().lines().filter(line -> !line.startsWith("OpenJDK")))
                .isEmpty();
    }

    @Test
    void start_portTaken_isOneSentence(CapturedOutput output) throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            assertThatThrownBy(() -> start("server.port=" + taken.getLocalPort()));

            assertThat(output.getErr().strip())
                    .isEqualTo("Port " + taken.getLocalPort()
                            + " is taken: set another one with SERVER_PORT or server.port.");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "trimtab.nonsense=1",
                "trimtab.upstream.base-url=ftp://host/v1",
                "trimtab.limits.concurrent-requests=0",
                "trimtab.limits.body-size=much",
                "trimtab.keys.a.sha256=12",
                "trimtab.upstream.capabilities.shown-law=cooked"
            })
    void start_badSetting_isNamed(String setting, CapturedOutput output) {
        assertThatThrownBy(() -> start(setting));

        String key = setting.substring(setting.lastIndexOf('.') + 1, setting.indexOf('='));
        assertThat(output.getErr()).contains(key).doesNotContain("\tat ");
    }

    private static ConfigurableApplicationContext start(String... settings) {
        List<String> arguments = new ArrayList<>();
        for (String setting : settings) {
            arguments.add("--" + setting);
        }
        if (!String.join(" ", settings).contains("server.port")) {
            arguments.add("--server.port=0");
        }
        return Trimtab.start(arguments.toArray(String[]::new));
    }

    private String get(String url) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .timeout(Duration.ofSeconds(10))
                .build();
        return client.send(request, BodyHandlers.ofString()).body();
    }
}
