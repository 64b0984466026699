package dev.trimtab.upstream;

import dev.trimtab.openai.GenerationRequest;
import dev.trimtab.token.Token;
import dev.trimtab.token.Truncation;
import dev.trimtab.token.Utf8;
import dev.trimtab.upstream.Drafter.DraftOptions;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Has a greedy answer drafted in pieces, each cut where the one before it was resumed from, every token kept. */
final class ForcedCuts {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private ForcedCuts() {}

    /** The tokens of an answer that is cut behind every so many of them, or as soon behind as a character is whole. */
    static List<Token> every(int cut, int limit, Upstream upstream, GenerationRequest request) {
        Drafter drafter = upstream.asked(null).drafter(request, request.json(), null);
        List<Token> answer = new ArrayList<>();
        while (answer.size() < limit) {
            List<Token> piece = piece(drafter, answer, cut, limit - answer.size());
            answer.addAll(piece);
            if (piece.size() < cut) {
                return answer;
            }
        }
        return answer;
    }

    private static List<Token> piece(Drafter drafter, List<Token> before, int cut, int limit) {
        List<Token> piece = new ArrayList<>();
        drafter.draft(List.copyOf(before), new DraftOptions(0, Truncation.NONE, limit, null, Map.of()))
                .ofType(DraftEvent.Drawn.class)
                .map(drawn -> drawn.step().drawn())
                .takeWhile(token -> !token.isEnd())
                .doOnNext(piece::add)
                .takeUntil(token -> piece.size() >= cut && Utf8.endsWhole(piece))
                .blockLast(PATIENCE);
        return piece;
    }

    static String text(List<Token> tokens) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        tokens.forEach(token -> bytes.writeBytes(token.bytes()));
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
