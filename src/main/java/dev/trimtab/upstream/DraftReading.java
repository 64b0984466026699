package dev.trimtab.upstream;

import dev.trimtab.openai.AnswerChunk;
import dev.trimtab.openai.TokenLogprob;
import dev.trimtab.token.Candidates;
import dev.trimtab.token.Step;
import dev.trimtab.token.Token;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Turns the chunks of one call into steps. Text is never read from deltas, only from the records' bytes. */
final class DraftReading {
    /** What OpenAI gives a drawn token that is not in its top list. */
    private static final double NOT_LISTED = -9999;

    /** How far above 0 a log-probability may come out of a server's arithmetic. */
    private static final double ROUNDING = 1e-3;

    private boolean finished;

    /** True once the upstream has said why it stopped. */
    boolean over() {
        return finished;
    }

    List<DraftEvent> events(AnswerChunk chunk) {
        List<DraftEvent> events = new ArrayList<>();
        for (AnswerChunk.Choice choice : chunk.choices()) {
            List<TokenLogprob> records = choice.logprobs();
            if (records != null) {
                records.forEach(record -> events.add(new DraftEvent.Drawn(step(record), merged(record))));
            } else if (choice.text() != null && !choice.text().isEmpty()) {
                events.add(new DraftEvent.Drawn(unscored(choice.text()), true));
            }
            if (choice.finishReason() != null) {
                finished = true;
                events.add(new DraftEvent.Finished(choice.finishReason()));
            }
        }
        if (chunk.usage() != null) {
            events.add(new DraftEvent.Counted(chunk.usage()));
        }
        return events;
    }

    /** True where a record has other bytes than its id has among the candidates: it then stands for several tokens. */
    static boolean merged(TokenLogprob record) {
        return record.id() != Token.NO_ID
                && record.top().stream()
                        .anyMatch(candidate ->
                                candidate.id() == record.id() && !Arrays.equals(candidate.bytes(), record.bytes()));
    }

    private static Step unscored(String text) {
        return new Step(Token.of(text), Double.NaN, Candidates.NONE);
    }

    private static Step step(TokenLogprob record) {
        List<Token> tokens = new ArrayList<>();
        List<Double> logprobs = new ArrayList<>();
        for (TokenLogprob candidate : record.top()) {
            Token token = new Token(candidate.id(), candidate.bytes());
            if (isSound(candidate.logprob()) && !tokens.contains(token)) {
                tokens.add(token);
                logprobs.add(Math.min(0, candidate.logprob()));
            }
        }
        Candidates candidates = new Candidates(
                tokens.toArray(Token[]::new),
                logprobs.stream().mapToDouble(Double::doubleValue).toArray());
        double drawn = isSound(record.logprob()) ? Math.min(0, record.logprob()) : Double.NaN;
        int id = merged(record) ? Token.NO_ID : record.id();
        return new Step(new Token(id, record.bytes()), drawn, candidates);
    }

    /** False for what is no log-probability: a candidate that has none belongs to what is not shown. */
    private static boolean isSound(double logprob) {
        return logprob > NOT_LISTED && logprob <= ROUNDING;
    }
}
