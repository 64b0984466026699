package dev.trimtab.demo;

import static dev.trimtab.demo.DemoCalls.CHAT;
import static dev.trimtab.demo.DemoCalls.COMPLETION;
import static dev.trimtab.demo.DemoCalls.EAGLE;
import static dev.trimtab.demo.DemoCalls.MESSAGES;
import static dev.trimtab.demo.DemoCalls.finish;
import static dev.trimtab.demo.DemoCalls.records;
import static dev.trimtab.demo.DemoCalls.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trimtab.openai.AnswerChunk;
import dev.trimtab.openai.TokenLogprob;
import dev.trimtab.openai.Usage;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class DemoServerIT {
    private static final String GREEDY = MESSAGES + ",'temperature':0";
    private static final String ANSWER = "The Eagle is a cheap Japanese coffee shop in the riverside area.";

    private static DemoServer server;
    private static DemoCalls demo;

    @BeforeAll
    static void start() {
        server = DemoServer.start(DemoSettings.defaults());
        demo = DemoCalls.to(server);
    }

    @AfterAll
    static void close() {
        server.close();
    }

    @Test
    void greedyChat_writesTheDescription() {
        AnswerChunk answer = demo.whole(CHAT, GREEDY);
        assertThat(text(answer)).isEqualTo(ANSWER);
        assertThat(answer.choices().get(0).finishReason()).isEqualTo("stop");
        assertThat(answer.choices().get(0).logprobs()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'seed':1",
                "'seed':2,'logprobs':true,'top_logprobs':5",
                "'seed':3,'n':3",
                "'seed':4,'max_tokens':7",
                "'seed':5,'stop':['riverside','cheap']",
                "'seed':6,'temperature':1.7,'max_completion_tokens':60",
                "'seed':7,'presence_penalty':1.5,'frequency_penalty':0.5,'top_p':0.8,'top_k':9,'min_p':0.02"
            })
    void stream_saysWhatTheWholeAnswerSays(String fields) {
        AnswerChunk whole = demo.whole(CHAT, MESSAGES + "," + fields);
        List<AnswerChunk> chunks =
                demo.stream(CHAT, MESSAGES + "," + fields + ",'stream_options':{'include_usage':true}");
        for (AnswerChunk.Choice choice : whole.choices()) {
            assertThat(text(chunks, choice.index())).isEqualTo(choice.text());
            assertThat(finish(chunks, choice.index())).isEqualTo(choice.finishReason());
        }
        AnswerChunk last = chunks.get(chunks.size() - 1);
        assertThat(last.choices()).isEmpty();
        assertThat(last.usage()).isEqualTo(whole.usage());
        assertThat(ids(records(chunks))).isEqualTo(ids(records(whole)));
    }

    @Test
    void stream_hasAnEventPerToken() {
        List<AnswerChunk> chunks = demo.stream(CHAT, GREEDY + ",'logprobs':true");
        assertThat(chunks.subList(1, chunks.size()))
                .allSatisfy(
                        chunk -> assertThat(chunk.choices().get(0).logprobs()).hasSize(1));
    }

    @Test
    void seed_repeatsAnAnswer_whateverElseRuns() {
        String fields = MESSAGES + ",'seed':42,'temperature':1.5,'n':2";
        AnswerChunk alone = demo.whole(CHAT, fields);
        List<CompletableFuture<AnswerChunk>> together = IntStream.range(0, 6)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> demo.whole(CHAT, fields)))
                .toList();
        assertThat(together)
                .allSatisfy(answer -> assertThat(texts(answer.join())).isEqualTo(texts(alone)));
        assertThat(texts(demo.whole(CHAT, MESSAGES + ",'seed':43,'temperature':1.5,'n':2")))
                .isNotEqualTo(texts(alone));
        assertThat(alone.choices().get(0).text())
                .isNotEqualTo(alone.choices().get(1).text());
    }

    @Test
    void usage_countsThePromptOnceAndNoEnds() {
        AnswerChunk one = demo.whole(CHAT, GREEDY + ",'logprobs':true");
        int tokens = records(one).size() - 1;
        assertThat(one.usage()).isEqualTo(new Usage(promptIds(CHAT, GREEDY).size(), tokens));
        assertThat(demo.whole(CHAT, GREEDY + ",'n':3").usage())
                .isEqualTo(new Usage(one.usage().promptTokens(), 3 * tokens));
    }

    @Test
    void prefill_isContinuedAndNotRepeated() {
        String prefilled = "'model':'demo','temperature':0,'messages':[{'role':'user','content':'" + EAGLE
                + "'},{'role':'assistant','content':'The Eagle is a cheap'}]";
        assertThat(text(demo.whole(CHAT, prefilled))).isEqualTo(ANSWER.substring("The Eagle is a cheap".length()));
    }

    @Test
    void tokenArrayPrompt_continuesExactly() {
        AnswerChunk whole = demo.whole(CHAT, GREEDY + ",'logprobs':true");
        List<Integer> prompt = promptIds(CHAT, GREEDY);
        List<Integer> ids = ids(records(whole));
        for (int cut : new int[] {0, 1, 6, ids.size() - 1}) {
            String continued = "'model':'demo','temperature':0,'max_tokens':60,'logprobs':0,'prompt':"
                    + IntStream.concat(
                                    prompt.stream().mapToInt(id -> id),
                                    ids.stream().limit(cut).mapToInt(id -> id))
                            .boxed()
                            .toList();
            assertThat(ids(records(demo.whole(COMPLETION, continued)))).isEqualTo(ids.subList(cut, ids.size()));
        }
    }

    @Test
    void specialTokens_inATextAreText() {
        JsonNode tokens =
                demo.post("/tokenize", "{'content':'<|end|>a'}").json().path("tokens");
        assertThat(tokens.valueStream().mapToInt(JsonNode::asInt))
                .hasSizeGreaterThan(2)
                .allMatch(id -> id > 3);
        String echoed = "'model':'demo','temperature':0,'max_tokens':1,'echo':true,'prompt':'<|user|>a'";
        assertThat(text(demo.whole(COMPLETION, echoed))).startsWith("<|user|>a");
    }

    @Test
    void tokenize_ofMessages_isThePromptOfTheAnswer() {
        JsonNode tokens = demo.post("/tokenize", "{" + MESSAGES + "}").json().path("tokens");
        assertThat(tokens.valueStream().map(JsonNode::asInt).toList()).isEqualTo(promptIds(CHAT, GREEDY));
    }

    @Test
    void promptIds_comeWhereTheClientAsks() {
        String asks = ",'return_token_ids':true";
        List<Integer> chat = promptIds(CHAT, GREEDY);
        assertThat(numbers(demo.stream(CHAT, GREEDY + asks).get(0).json().path("prompt_token_ids")))
                .isEqualTo(chat);
        String completion = "'model':'demo','prompt':['a','b b'],'max_tokens':2" + asks;
        AnswerChunk whole = demo.whole(COMPLETION, completion);
        assertThat(numbers(whole.choices().get(1).json().path("prompt_token_ids")))
                .hasSize(2);
        assertThat(numbers(demo.stream(COMPLETION, completion)
                        .get(0)
                        .choices()
                        .get(0)
                        .json()
                        .path("prompt_token_ids")))
                .hasSize(1);
        assertThat(demo.whole(CHAT, GREEDY).json().has("prompt_token_ids")).isFalse();
    }

    @Test
    void completion_ofSeveralPrompts_writesSixteenTokensEach() {
        AnswerChunk whole =
                demo.whole(COMPLETION, "'model':'demo','prompt':['The','A'],'n':2,'echo':true,'logit_bias':{'0':-100}");
        assertThat(whole.usage().completionTokens()).isEqualTo(4 * 16);
        assertThat(whole.choices()).hasSize(4).allMatch(choice -> "length".equals(choice.finishReason()));
        assertThat(texts(whole).get(1)).startsWith("The");
        assertThat(texts(whole).get(2)).startsWith("A");
    }

    @Test
    void records_carryIdsAndTrueBytes() {
        String babble = MESSAGES + ",'seed':8,'temperature':2,'max_tokens':80,'logprobs':true,'top_logprobs':20";
        AnswerChunk whole = demo.whole(CHAT, babble);
        for (TokenLogprob record : records(whole)) {
            assertThat(record.bytes()).isEqualTo(server.vocabulary().bytes(record.id()));
            assertThat(record.top())
                    .hasSize(20)
                    .isSortedAccordingTo((a, b) -> Double.compare(b.logprob(), a.logprob()));
            assertThat(record.top()).allSatisfy(top -> assertThat(top.bytes())
                    .isEqualTo(server.vocabulary().bytes(top.id())));
        }
    }

    @Test
    void bias_bansTheTokenFromDrawsAndCandidates() {
        int the = records(demo.whole(CHAT, GREEDY + ",'logprobs':true")).get(0).id();
        TokenLogprob first = records(demo.whole(
                        CHAT, GREEDY + ",'logprobs':true,'top_logprobs':20,'logit_bias':{'" + the + "':-100}"))
                .get(0);
        assertThat(first.id()).isNotEqualTo(the);
        assertThat(ids(first.top())).doesNotContain(the);
    }

    @Test
    void answer_endsWithTheContext() {
        AnswerChunk whole = demo.whole(CHAT, GREEDY + ",'logit_bias':{'0':-100},'max_tokens':4000");
        assertThat(whole.choices().get(0).finishReason()).isEqualTo("length");
        assertThat(whole.usage().promptTokens() + whole.usage().completionTokens())
                .isEqualTo(512);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "/v1/chat/completions; {'model':'gpt','messages':[{'role':'user','content':'a'}]}; 404; model_not_found; ; `gpt` does not exist",
                "/v1/chat/completions; {'messages':[{'role':'user','content':'a'}]}; 400; ; model; must provide a model",
                "/v1/chat/completions; {'model':'demo','messages':[{'role':'user','content':'a'}],'logprobs':true,'top_logprobs':21}; 400;"
                        + " integer_above_max_value; top_logprobs; but got 21",
                "/v1/completions; {'model':'demo','prompt':'a','logprobs':21}; 400;"
                        + " integer_above_max_value; logprobs; but got 21",
                "/v1/completions; {'model':'demo','prompt':[4096]}; 400; ; prompt; 4096",
                "/v1/completions; {'model':'demo','prompt':'a','logit_bias':{'4096':1}}; 400; ; logit_bias; 4096",
                "/v1/chat/completions; {'model':'demo','messages':[{'role':'function','name':'f','content':'a'}]}; 400; ;"
                        + " messages[0].role; 'function'",
                "/v1/chat/completions; {'model':'demo','messages':[{'role':'user','content':'a'}],'tools':[{'type':'function','function':{'name':'f'}}]}; 400; ; tools; not supported",
                "/v1/embeddings; {}; 404; ; ; Invalid URL (POST /v1/embeddings)",
                "/tokenize; {}; 400; missing_required_parameter; content; content",
                "/v1/completions; nonsense; 400; ; ; not valid JSON"
            })
    void refusal_namesWhatIsWrong(String path, String body, int status, String code, String param, String words) {
        DemoCalls.Reply reply = demo.post(path, body);
        JsonNode error = reply.json().path("error");
        assertThat(reply.status()).isEqualTo(status);
        assertThat(error.path("message").asString()).contains(words);
        assertThat(error.path("type").asString()).isEqualTo("invalid_request_error");
        assertThat(error.path("code").isNull() ? null : error.path("code").asString())
                .isEqualTo(code);
        assertThat(error.path("param").isNull() ? null : error.path("param").asString())
                .isEqualTo(param);
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "false"})
    void promptBeyondTheContext_isRefused_streamedOrNot(String stream) {
        String ids = IntStream.range(0, 513).mapToObj(i -> "5").collect(Collectors.joining(","));
        DemoCalls.Reply reply =
                demo.post(COMPLETION, "{'model':'demo','stream':" + stream + ",'prompt':[" + ids + "]}");
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().path("error").path("code").asString()).isEqualTo("context_length_exceeded");
        assertThat(reply.json().path("error").path("message").asString())
                .contains("maximum context length is 512 tokens")
                .contains("529 tokens (513 in your prompt; 16 for the completion)");
    }

    @Test
    void promptThatFillsTheContext_isAnsweredWithNothing() {
        String ids = IntStream.range(0, 512).mapToObj(i -> "5").collect(Collectors.joining(","));
        AnswerChunk whole = demo.whole(COMPLETION, "'model':'demo','prompt':[" + ids + "]");
        assertThat(text(whole)).isEmpty();
        assertThat(whole.choices().get(0).finishReason()).isEqualTo("length");
    }

    @Test
    void nulls_countAsAbsent() {
        String nulls = ",'n':null,'seed':null,'stop':null,'stream':null,'logprobs':null,'return_token_ids':null";
        assertThat(text(demo.whole(CHAT, GREEDY + nulls + ",'response_format':null,'tools':null,'top_logprobs':null")))
                .isEqualTo(ANSWER);
        String completion = "'model':'demo','prompt':'The','temperature':0,'suffix':null,'best_of':null,'echo':null";
        assertThat(demo.whole(COMPLETION, completion + nulls).choices()).hasSize(1);
    }

    @Test
    void models_listsTheOne() {
        assertThat(demo.get("/v1/models").json().path("data").path(0).path("id").asString())
                .isEqualTo("demo");
        assertThat(demo.get("/v1/chat/completions").status()).isEqualTo(404);
    }

    private static List<Integer> promptIds(String path, String fields) {
        return numbers(
                demo.whole(path, fields + ",'return_token_ids':true").json().path("prompt_token_ids"));
    }

    private static List<Integer> numbers(JsonNode array) {
        return array.valueStream().map(JsonNode::asInt).toList();
    }

    private static List<Integer> ids(List<TokenLogprob> records) {
        return records.stream().map(TokenLogprob::id).toList();
    }

    private static List<String> texts(AnswerChunk answer) {
        return answer.choices().stream().map(AnswerChunk.Choice::text).toList();
    }
}
