package dev.trimtab.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trimtab.demo.DemoServer;
import dev.trimtab.demo.DemoSettings;
import dev.trimtab.demo.Ends;
import dev.trimtab.openai.ChatRequest;
import dev.trimtab.token.Step;
import dev.trimtab.token.Token;
import dev.trimtab.upstream.Capabilities.Continuation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whether an answer has ended is told apart from its being cut, also where the end is not shown. */
class OwnAnswersIT {
    private static final Duration BOUND = Duration.ofSeconds(60);
    private static final int ENOUGH = 200;

    @ParameterizedTest
    @EnumSource(Ends.class)
    void answer_hasAnEnd_whereItIsNotCut(Ends ends) {
        DemoSettings settings = DemoSettings.defaults().withEnds(ends);
        try (DemoServer demo = DemoServer.start(settings);
                Upstream upstream = TeacherForcingIT.upstream(demo, settings, Continuation.TOKEN_IDS, false)) {
            List<Token> whole = answer(upstream, ENOUGH);
            int length = whole.size() - 1;

            assertThat(whole.get(length).isEnd()).isTrue();
            assertThat(whole.subList(0, length)).noneMatch(Token::isEnd);
            assertThat(answer(upstream, length - 1)).hasSize(length - 1).noneMatch(Token::isEnd);
        }
    }

    private static List<Token> answer(Upstream upstream, int maxTokens) {
        ChatRequest request = ChatRequest.parse("""
                {"model": "demo", "messages": [{"role": "user", "content": "name[The Eagle], food[Japanese]"}]}""".getBytes(StandardCharsets.UTF_8));
        List<Step> steps = new OwnAnswers(upstream).steps(request, 1, maxTokens).block(BOUND);
        return Objects.requireNonNull(steps).stream().map(Step::drawn).toList();
    }
}
