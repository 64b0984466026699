package dev.trimtab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.ai.chat.metadata.Usage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;
import org.springframework.ai.tool.function.FunctionToolCallback;

/**
 * Spring AI's OpenAI model against the running application, changed in nothing but its base URL. It shows no logprobs
 * and has no completions.
 */
class SpringAiIT {
    private static RunningTrimtab trimtab;
    private static OpenAiChatModel client;

    @BeforeAll
    static void start() {
        trimtab = new RunningTrimtab();
        client = OpenAiChatModel.builder()
                .options(OpenAiChatOptions.builder()
                        .baseUrl(trimtab.baseUrl())
                        .apiKey("none")
                        .model("demo")
                        .build())
                .build();
    }

    @AfterAll
    static void stop() {
        trimtab.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "brand-voice"})
    void chat_atTemperature0_isTheModelsAnswer(String model) {
        ChatResponse answer = client.call(prompt(options(model).temperature(0.0)));

        assertThat(texts(answer)).containsExactly(RunningTrimtab.ANSWERS.get(model));
        assertThat(finish(answer)).isEqualTo("STOP");
        assertThat(answer.getMetadata().getModel()).isEqualTo(model);
        Usage usage = answer.getMetadata().getUsage();
        assertThat(usage.getTotalTokens())
                .isEqualTo(usage.getPromptTokens() + usage.getCompletionTokens())
                .isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "brand-voice"})
    void stream_ofASeed_isTheWholeAnswerWithItsUsage(String model) {
        ChatResponse whole = client.call(prompt(options(model).seed(7)));

        List<ChatResponse> parts = stream(options(model).seed(7).streamUsage(true));

        assertThat(parts).hasSizeGreaterThan(5);
        assertThat(joined(parts)).isEqualTo(texts(whole).get(0));
        assertThat(tokens(parts.get(parts.size() - 1))).isEqualTo(tokens(whole));
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "brand-voice"})
    void choices_ofASeed_differAndAreRepeated(String model) {
        List<String> first = texts(client.call(prompt(options(model).n(3).seed(7))));

        assertThat(first).hasSize(3).doesNotHaveDuplicates();
        assertThat(texts(client.call(prompt(options(model).n(3).seed(7))))).isEqualTo(first);
        assertThat(texts(client.call(prompt(options(model).n(3).seed(8))))).isNotEqualTo(first);
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "brand-voice"})
    void stop_endsTheAnswerBeforeIt(String model) {
        String whole = RunningTrimtab.ANSWERS.get(model);

        ChatResponse answer = client.call(prompt(options(model).temperature(0.0).stop(List.of("area", "Japan"))));

        assertThat(texts(answer)).containsExactly(whole.substring(0, whole.indexOf("Japan")));
        assertThat(finish(answer)).isEqualTo("STOP");
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "brand-voice"})
    void maxTokens_underEitherName_endsTheAnswerAsLength(String model) {
        for (OpenAiChatOptions.Builder options :
                List.of(options(model).maxTokens(4), options(model).maxCompletionTokens(4))) {
            ChatResponse answer = client.call(prompt(options.temperature(0.0)));

            assertThat(RunningTrimtab.ANSWERS.get(model))
                    .startsWith(texts(answer).get(0));
            assertThat(finish(answer)).isEqualTo("LENGTH");
            assertThat(answer.getMetadata().getUsage().getCompletionTokens()).isEqualTo(4);
        }
    }

    @Test
    void model_unknown_isNotFoundWholeAndStreamed() {
        assertThatExceptionOfType(NotFoundException.class)
                .isThrownBy(() -> client.call(prompt(options("nothing"))))
                .satisfies(error -> assertThat(error.code()).hasValue("model_not_found"));
        assertThatThrownBy(() -> stream(options("nothing"))).rootCause().isInstanceOf(NotFoundException.class);
    }

    @Test
    void tools_underAPolicy_areRefusedByName() {
        FunctionToolCallback<Void, String> tool = FunctionToolCallback.builder("book", () -> "booked")
                .description("books a table")
                .build();

        assertThatExceptionOfType(BadRequestException.class)
                .isThrownBy(() -> client.call(prompt(options("brand-voice").toolCallbacks(tool))))
                .satisfies(error -> assertThat(error.param()).hasValue("tools"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "brand-voice"})
    void parameter_ofAWrongType_isRefusedByName(String model) {
        assertThatExceptionOfType(BadRequestException.class)
                .isThrownBy(() -> client.call(prompt(options(model).extraBody(Map.of("min_p", "low")))))
                .satisfies(error -> assertThat(error.param()).hasValue("min_p"));
    }

    @Test
    void report_asked_comesWithTheMetadata() {
        ChatResponse answer = client.call(
                prompt(options("brand-voice").temperature(0.0).customHeaders(Map.of("x-trimtab-explain", "counts"))));

        assertThat(answer.getMetadata().containsKey("trimtab")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "brand-voice"})
    void stream_leftAfterItsFirstPart_ends(String model) {
        AtomicReference<Double> inFlight = new AtomicReference<>();

        client.stream(prompt(options(model).n(16).logitBias(Map.of(RunningTrimtab.END, -100))))
                .doOnNext(part -> inFlight.set(trimtab.inFlight()))
                .blockFirst(Duration.ofSeconds(10));

        assertThat(inFlight.get()).isEqualTo(1);
        trimtab.awaitIdle();
    }

    private static OpenAiChatOptions.Builder options(String model) {
        return OpenAiChatOptions.builder().model(model);
    }

    private static Prompt prompt(OpenAiChatOptions.Builder options) {
        return new Prompt(RunningTrimtab.EAGLE, options.build());
    }

    private static List<ChatResponse> stream(OpenAiChatOptions.Builder options) {
        return client.stream(prompt(options)).collectList().block(Duration.ofSeconds(10));
    }

    private static String joined(List<ChatResponse> parts) {
        return parts.stream()
                .flatMap(part -> part.getResults().stream())
                .map(SpringAiIT::text)
                .collect(Collectors.joining());
    }

    private static List<String> texts(ChatResponse answer) {
        return answer.getResults().stream().map(SpringAiIT::text).toList();
    }

    private static String text(Generation generation) {
        String text = generation.getOutput().getText();
        return text == null ? "" : text;
    }

    private static String finish(ChatResponse answer) {
        return answer.getResult().getMetadata().getFinishReason();
    }

    private static List<Integer> tokens(ChatResponse answer) {
        Usage usage = answer.getMetadata().getUsage();
        return List.of(usage.getPromptTokens(), usage.getCompletionTokens(), usage.getTotalTokens());
    }
}
