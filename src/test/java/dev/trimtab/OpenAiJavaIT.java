package dev.trimtab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionCreateParams.LogitBias;
import com.openai.models.chat.completions.ChatCompletionFunctionTool;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionTokenLogprob;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionChoice;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.completions.CompletionUsage;
import com.openai.models.models.Model;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The official Java client against the running application, changed in nothing but its base URL. */
@SuppressWarnings("deprecation") // seed and max_tokens are, and are sent all the same
class OpenAiJavaIT {
    private static final ChatCompletionStreamOptions WITH_USAGE =
            ChatCompletionStreamOptions.builder().includeUsage(true).build();

    private static RunningTrimtab trimtab;
    private static OpenAIClient client;

    @BeforeAll
    static void start() {
        trimtab = new RunningTrimtab();
        client = OpenAIOkHttpClient.builder()
                .baseUrl(trimtab.baseUrl())
                .apiKey("none")
                .build();
    }

    @AfterAll
    static void stop() {
        client.close();
        trimtab.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "brand-voice"})
    void chat_atTemperature0_isTheModelsAnswer(String model) {
        ChatCompletion answer = create(chat(model).temperature(0));

        assertThat(answer.model()).isEqualTo(model);
        assertThat(texts(answer)).containsExactly(RunningTrimtab.ANSWERS.get(model));
        assertThat(finish(answer)).isEqualTo("stop");
        CompletionUsage usage = answer.usage().orElseThrow();
        assertThat(usage.promptTokens()).isPositive();
        assertThat(usage.totalTokens()).isEqualTo(usage.promptTokens() + usage.completionTokens());
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "brand-voice"})
    void stream_ofASeed_isTheWholeAnswerWithItsUsage(String model) {
        ChatCompletion whole = create(chat(model).seed(7));

        ChatCompletion streamed = accumulated(chunks(chat(model).seed(7).streamOptions(WITH_USAGE)));

        assertThat(texts(streamed)).isEqualTo(texts(whole));
        assertThat(finish(streamed)).isEqualTo(finish(whole));
        assertThat(streamed.usage()).isPresent().isEqualTo(whole.usage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "brand-voice"})
    void stream_withoutUsageAsked_hasNone(String model) {
        assertThat(chunks(chat(model).maxTokens(3)))
                .allMatch(chunk -> chunk.usage().isEmpty())
                .noneMatch(chunk -> chunk.choices().isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "brand-voice"})
    void stream_readAsynchronously_isTheWholeAnswer(String model) throws Exception {
        List<ChatCompletionChunk> chunks = new ArrayList<>();

        client.async()
                .chat()
                .completions()
                .createStreaming(chat(model).temperature(0).build())
                .subscribe(chunks::add)
                .onCompleteFuture()
                .get(10, TimeUnit.SECONDS);

        assertThat(texts(accumulated(chunks))).containsExactly(RunningTrimtab.ANSWERS.get(model));
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "brand-voice"})
    void choices_ofASeed_differAndAreRepeatedWholeAndStreamed(String model) {
        List<String> first = texts(create(chat(model).n(3).seed(7)));

        assertThat(first).hasSize(3).doesNotHaveDuplicates();
        assertThat(texts(create(chat(model).n(3).seed(7)))).isEqualTo(first);
        assertThat(texts(accumulated(chunks(chat(model).n(3).seed(7))))).isEqualTo(first);
        assertThat(texts(create(chat(model).n(3).seed(8)))).isNotEqualTo(first);
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "brand-voice"})
    void stop_asOneOrAsAList_endsTheAnswerBeforeIt(String model) {
        String before = before(model, " Japanese");

        ChatCompletion one = create(chat(model).temperature(0).stop(" Japanese"));
        ChatCompletion first = create(chat(model).temperature(0).stopOfStrings(List.of("area", "Japan")));

        assertThat(texts(one)).containsExactly(before);
        assertThat(finish(one)).isEqualTo("stop");
        assertThat(texts(first)).containsExactly(before + " ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "brand-voice"})
    void maxTokens_underEitherName_endsTheAnswerAsLength(String model) {
        for (ChatCompletionCreateParams.Builder ask :
                List.of(chat(model).maxTokens(4), chat(model).maxCompletionTokens(4))) {
            ChatCompletion answer = create(ask.temperature(0));

            assertThat(finish(answer)).isEqualTo("length");
            assertThat(answer.usage().orElseThrow().completionTokens()).isEqualTo(4);
            assertThat(RunningTrimtab.ANSWERS.get(model))
                    .startsWith(texts(answer).get(0));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "brand-voice"})
    void logprobs_wholeAndStreamed_spellTheAnswer(String model) {
        List<ChatCompletionTokenLogprob> whole = create(
                        chat(model).temperature(0).logprobs(true).topLogprobs(5))
                .choices()
                .get(0)
                .logprobs()
                .flatMap(ChatCompletion.Choice.Logprobs::content)
                .orElseThrow();
        List<ChatCompletionTokenLogprob> streamed =
                chunks(chat(model).temperature(0).logprobs(true).topLogprobs(5)).stream()
                        .flatMap(chunk -> chunk.choices().stream())
                        .flatMap(choice -> choice.logprobs().stream())
                        .flatMap(logprobs -> logprobs.content().orElse(List.of()).stream())
                        .toList();

        assertThat(whole.stream().map(ChatCompletionTokenLogprob::token).collect(Collectors.joining()))
                .isEqualTo(RunningTrimtab.ANSWERS.get(model));
        assertThat(whole)
                .allMatch(record -> record.topLogprobs().size() == 5)
                .allMatch(record -> record.logprob() <= 0)
                .allMatch(record -> record.bytes().isPresent());
        assertThat(streamed).isEqualTo(whole);
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "brand-voice"})
    void completion_streamed_isTheWholeOneWithItsUsage(String model) {
        Completion whole =
                client.completions().create(completion(model).seed(3).build()).validate();
        List<Completion> chunks = completionChunks(completion(model).seed(3).streamOptions(WITH_USAGE));

        CompletionChoice choice = whole.choices().get(0);
        assertThat(choice.text()).isNotBlank();
        assertThat(choice.finishReason()).isEqualTo(CompletionChoice.FinishReason.LENGTH);
        assertThat(chunks.stream()
                        .flatMap(chunk -> chunk.choices().stream())
                        .map(CompletionChoice::text)
                        .collect(Collectors.joining()))
                .isEqualTo(choice.text());
        assertThat(chunks.get(chunks.size() - 1).usage()).isPresent().isEqualTo(whole.usage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "brand-voice"})
    void completion_withLogprobsNAndStop_hasThem(String model) {
        Completion answer = client.completions()
                .create(completion(model).seed(3).n(2).stop("zzz").logprobs(3).build())
                .validate();

        assertThat(answer.choices()).hasSize(2);
        for (CompletionChoice choice : answer.choices()) {
            CompletionChoice.Logprobs logprobs = choice.logprobs().orElseThrow();
            assertThat(String.join("", logprobs.tokens().orElseThrow())).isEqualTo(choice.text());
            assertThat(logprobs.tokenLogprobs().orElseThrow()).hasSize(8).allMatch(logprob -> logprob <= 0);
            assertThat(logprobs.topLogprobs().orElseThrow()).hasSize(8);
            assertThat(logprobs.textOffset().orElseThrow()).hasSize(8).isSorted();
        }
    }

    @Test
    void models_listedAndRetrieved_areTheDemoAndThePolicies() {
        assertThat(client.models().list().autoPager().stream()
                        .map(Model::validate)
                        .map(Model::id))
                .containsExactlyInAnyOrder("demo", "brand-voice", "no-prices");
        assertThat(client.models().retrieve("brand-voice").validate().id()).isEqualTo("brand-voice");
        assertThatExceptionOfType(NotFoundException.class)
                .isThrownBy(() -> client.models().retrieve("nothing"));
    }

    @Test
    void model_unknown_isNotFoundWholeAndStreamed() {
        for (Runnable ask : List.<Runnable>of(() -> create(chat("nothing")), () -> chunks(chat("nothing")))) {
            assertThatExceptionOfType(NotFoundException.class)
                    .isThrownBy(ask::run)
                    .satisfies(error -> {
                        assertThat(error.code()).hasValue("model_not_found");
                        assertThat(error.getMessage()).contains("nothing");
                    });
        }
    }

    @Test
    void tools_underAPolicy_areRefusedByName() {
        ChatCompletionFunctionTool tool = ChatCompletionFunctionTool.builder()
                .function(FunctionDefinition.builder().name("book").build())
                .build();

        assertThatExceptionOfType(BadRequestException.class)
                .isThrownBy(() -> create(chat("brand-voice").addTool(tool)))
                .satisfies(error -> assertThat(error.param()).hasValue("tools"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "brand-voice"})
    void parameter_ofAWrongType_isRefusedByName(String model) {
        assertThatExceptionOfType(BadRequestException.class)
                .isThrownBy(() -> create(chat(model).putAdditionalBodyProperty("temperature", JsonValue.from("hot"))))
                .satisfies(error -> {
                    assertThat(error.param()).hasValue("temperature");
                    assertThat(error.type()).hasValue("invalid_request_error");
                });
    }

    @Test
    void report_asked_comesInTheBody() {
        ChatCompletion answer =
                create(chat("brand-voice").temperature(0).putAdditionalHeader("x-trimtab-explain", "counts"));

        assertThat(answer._allProperties()).containsKey("trimtab");
        assertThat(create(chat("brand-voice").temperature(0))._allProperties()).doesNotContainKey("trimtab");
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "brand-voice"})
    void stream_closedAfterItsFirstToken_ends(String model) {
        LogitBias endless = LogitBias.builder()
                .putAdditionalProperty(RunningTrimtab.END, JsonValue.from(-100))
                .build();

        try (StreamResponse<ChatCompletionChunk> stream = client.chat()
                .completions()
                .createStreaming(chat(model).logitBias(endless).n(16).build())) {
            assertThat(stream.stream().findFirst()).isPresent();
            assertThat(trimtab.inFlight()).isEqualTo(1);
        }

        trimtab.awaitIdle();
    }

    private static ChatCompletionCreateParams.Builder chat(String model) {
        return ChatCompletionCreateParams.builder().model(model).addUserMessage(RunningTrimtab.EAGLE);
    }

    private static CompletionCreateParams.Builder completion(String model) {
        return CompletionCreateParams.builder()
                .model(model)
                .prompt("The Eagle is")
                .maxTokens(8);
    }

    /** Checked by the client itself: every field there and of its type. */
    private static ChatCompletion create(ChatCompletionCreateParams.Builder ask) {
        return client.chat().completions().create(ask.build()).validate();
    }

    private static List<ChatCompletionChunk> chunks(ChatCompletionCreateParams.Builder ask) {
        try (StreamResponse<ChatCompletionChunk> stream =
                client.chat().completions().createStreaming(ask.build())) {
            return stream.stream().map(ChatCompletionChunk::validate).toList();
        }
    }

    private static List<Completion> completionChunks(CompletionCreateParams.Builder ask) {
        try (StreamResponse<Completion> stream = client.completions().createStreaming(ask.build())) {
            return stream.stream().toList();
        }
    }

    private static ChatCompletion accumulated(List<ChatCompletionChunk> chunks) {
        ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
        chunks.forEach(accumulator::accumulate);
        return accumulator.chatCompletion();
    }

    private static List<String> texts(ChatCompletion answer) {
        return answer.choices().stream()
                .sorted(Comparator.comparingLong(ChatCompletion.Choice::index))
                .map(choice -> choice.message().content().orElseThrow())
                .toList();
    }

    private static String finish(ChatCompletion answer) {
        return answer.choices().get(0).finishReason().asString();
    }

    private static String before(String model, String stop) {
        String answer = RunningTrimtab.ANSWERS.get(model);
        return answer.substring(0, answer.indexOf(stop));
    }
}
