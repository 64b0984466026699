package dev.trimtab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.StreamingResponseHandler;
import dev.langchain4j.model.catalog.ModelDescription;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.LogProb;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiChatRequestParameters;
import dev.langchain4j.model.openai.OpenAiChatResponseMetadata;
import dev.langchain4j.model.openai.OpenAiLanguageModel;
import dev.langchain4j.model.openai.OpenAiModelCatalog;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingLanguageModel;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * LangChain4j's OpenAI models against the running application, changed in nothing but their base URL. They read one
 * choice of an answer, so that n is not theirs to ask for.
 */
class LangChain4jIT {
    private static RunningTrimtab trimtab;

    @BeforeAll
    static void start() {
        trimtab = new RunningTrimtab();
    }

    @AfterAll
    static void stop() {
        trimtab.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "brand-voice"})
    void chat_atTemperature0_isTheModelsAnswer(String model) {
        ChatResponse answer = chat(model, parameters().temperature(0.0));

        assertThat(answer.modelName()).isEqualTo(model);
        assertThat(text(answer)).isEqualTo(RunningTrimtab.ANSWERS.get(model));
        assertThat(answer.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(answer.tokenUsage().totalTokenCount())
                .isEqualTo(answer.tokenUsage().inputTokenCount()
                        + answer.tokenUsage().outputTokenCount())
                .isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "brand-voice"})
    void stream_ofASeed_isTheWholeAnswerWithItsUsage(String model) throws Exception {
        ChatResponse whole = chat(model, parameters().seed(7));
        Streamed streamed = stream(model, parameters().seed(7));

        assertThat(streamed.parts()).hasSizeGreaterThan(5);
        assertThat(String.join("", streamed.parts()))
                .isEqualTo(text(streamed.answer()))
                .isEqualTo(text(whole));
        assertThat(streamed.answer().finishReason()).isEqualTo(whole.finishReason());
        assertThat(streamed.answer().tokenUsage()).isNotNull().isEqualTo(whole.tokenUsage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "brand-voice"})
    void seed_repeatsTheAnswer(String model) {
        String first = text(chat(model, parameters().seed(7)));

        assertThat(text(chat(model, parameters().seed(7)))).isEqualTo(first);
        assertThat(text(chat(model, parameters().seed(8)))).isNotEqualTo(first);
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "brand-voice"})
    void stop_endsTheAnswerBeforeIt(String model) {
        String whole = RunningTrimtab.ANSWERS.get(model);

        ChatResponse answer = chat(model, parameters().temperature(0.0).stopSequences("area", "Japan"));

        assertThat(text(answer)).isEqualTo(whole.substring(0, whole.indexOf("Japan")));
        assertThat(answer.finishReason()).isEqualTo(FinishReason.STOP);
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "brand-voice"})
    void maxTokens_underEitherName_endsTheAnswerAsLength(String model) {
        for (OpenAiChatRequestParameters.Builder parameters :
                List.of(parameters().maxOutputTokens(4), parameters().maxCompletionTokens(4))) {
            ChatResponse answer = chat(model, parameters.temperature(0.0));

            assertThat(RunningTrimtab.ANSWERS.get(model)).startsWith(text(answer));
            assertThat(answer.finishReason()).isEqualTo(FinishReason.LENGTH);
            assertThat(answer.tokenUsage().outputTokenCount()).isEqualTo(4);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "brand-voice"})
    void logprobs_spellTheAnswer(String model) {
        ChatResponse answer =
                chat(model, parameters().temperature(0.0).logprobs(true).topLogprobs(5));

        List<LogProb> records = ((OpenAiChatResponseMetadata) answer.metadata()).logProbs();
        assertThat(records.stream().map(LogProb::token).collect(Collectors.joining()))
                .isEqualTo(RunningTrimtab.ANSWERS.get(model));
        assertThat(records)
                .allMatch(record -> record.logprob() <= 0)
                .allMatch(record -> record.topLogprobs().size() == 5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "brand-voice"})
    void completion_streamed_isTheWholeOneWithItsUsage(String model) throws Exception {
        Response<String> whole = OpenAiLanguageModel.builder()
                .baseUrl(trimtab.baseUrl())
                .apiKey("none")
                .modelName(model)
                .temperature(0.0)
                .build()
                .generate("The Eagle is");
        StreamedCompletion streamed = new StreamedCompletion();
        OpenAiStreamingLanguageModel.builder()
                .baseUrl(trimtab.baseUrl())
                .apiKey("none")
                .modelName(model)
                .temperature(0.0)
                .build()
                .generate("The Eagle is", streamed);

        Response<String> answer = streamed.end().get(10, TimeUnit.SECONDS);
        assertThat(whole.content()).isNotBlank();
        assertThat(String.join("", streamed.parts()))
                .isEqualTo(answer.content())
                .isEqualTo(whole.content());
        assertThat(answer.finishReason()).isEqualTo(whole.finishReason());
        assertThat(answer.tokenUsage()).isNotNull().isEqualTo(whole.tokenUsage());
    }

    @Test
    void models_listed_areTheDemoAndThePolicies() {
        assertThat(OpenAiModelCatalog.builder().baseUrl(trimtab.baseUrl()).apiKey("none").build().listModels().stream()
                        .map(ModelDescription::name))
                .containsExactlyInAnyOrder("demo", "brand-voice", "no-prices");
    }

    @Test
    void model_unknown_isNotFoundWholeAndStreamed() {
        assertThatExceptionOfType(ModelNotFoundException.class)
                .isThrownBy(() -> chat("nothing", parameters()))
                .withMessageContaining("model_not_found");
        assertThatThrownBy(() -> stream("nothing", parameters()))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(ModelNotFoundException.class);
    }

    @Test
    void tools_underAPolicy_areRefusedByName() {
        ToolSpecification tool = ToolSpecification.builder().name("book").build();

        assertThatExceptionOfType(InvalidRequestException.class)
                .isThrownBy(() -> chat("brand-voice", parameters().toolSpecifications(tool)))
                .withMessageContaining("\"param\":\"tools\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "brand-voice"})
    void parameter_ofAWrongType_isRefusedByName(String model) {
        assertThatExceptionOfType(InvalidRequestException.class)
                .isThrownBy(() -> chat(model, parameters().customParameters(Map.of("seed", "seven"))))
                .withMessageContaining("\"param\":\"seed\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "brand-voice"})
    void stream_cancelledAfterItsFirstToken_ends(String model) throws Exception {
        CompletableFuture<Double> inFlight = new CompletableFuture<>();
        Stream handler = new Stream() {
            @Override
            public void onPartialResponse(PartialResponse part, PartialResponseContext context) {
                inFlight.complete(trimtab.inFlight());
                context.streamingHandle().cancel();
            }
        };

        start(
                model,
                parameters().logitBias(Map.of(RunningTrimtab.END, -100)).customParameters(Map.of("n", 16)),
                handler);

        assertThat(inFlight.get(10, TimeUnit.SECONDS)).isEqualTo(1);
        trimtab.awaitIdle();
        assertThat(handler.end).isNotDone();
    }

    private record Streamed(List<String> parts, ChatResponse answer) {}

    private static class Stream implements StreamingChatResponseHandler {
        final List<String> parts = new ArrayList<>();
        final CompletableFuture<ChatResponse> end = new CompletableFuture<>();

        @Override
        public void onPartialResponse(String part) {
            parts.add(part);
        }

        @Override
        public void onCompleteResponse(ChatResponse answer) {
            end.complete(answer);
        }

        @Override
        public void onError(Throwable error) {
            end.completeExceptionally(error);
        }
    }

    private record StreamedCompletion(List<String> parts, CompletableFuture<Response<String>> end)
            implements StreamingResponseHandler<String> {
        StreamedCompletion() {
            this(new ArrayList<>(), new CompletableFuture<>());
        }

        @Override
        public void onNext(String part) {
            parts.add(part);
        }

        @Override
        public void onComplete(Response<String> answer) {
            end.complete(answer);
        }

        @Override
        public void onError(Throwable error) {
            end.completeExceptionally(error);
        }
    }

    private static OpenAiChatRequestParameters.Builder parameters() {
        return OpenAiChatRequestParameters.builder();
    }

    private static ChatResponse chat(String model, OpenAiChatRequestParameters.Builder parameters) {
        return OpenAiChatModel.builder()
                .baseUrl(trimtab.baseUrl())
                .apiKey("none")
                .modelName(model)
                .build()
                .chat(request(parameters));
    }

    private static Streamed stream(String model, OpenAiChatRequestParameters.Builder parameters) throws Exception {
        Stream handler = new Stream();
        start(model, parameters, handler);
        return new Streamed(handler.parts, handler.end.get(10, TimeUnit.SECONDS));
    }

    private static void start(String model, OpenAiChatRequestParameters.Builder parameters, Stream handler) {
        OpenAiStreamingChatModel.builder()
                .baseUrl(trimtab.baseUrl())
                .apiKey("none")
                .modelName(model)
                .build()
                .chat(request(parameters), handler);
    }

    private static ChatRequest request(OpenAiChatRequestParameters.Builder parameters) {
        return ChatRequest.builder()
                .messages(UserMessage.from(RunningTrimtab.EAGLE))
                .parameters(parameters.build())
                .build();
    }

    private static String text(ChatResponse answer) {
        return answer.aiMessage().text();
    }
}
