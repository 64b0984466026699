package dev.trimtab.steering;

import dev.trimtab.openai.TokenLogprob;
import dev.trimtab.token.TextAssembly;
import dev.trimtab.token.TextAssembly.Piece;
import dev.trimtab.token.Token;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is decided of one choice: its tokens and the text that becomes of them. The last of them may still be taken back;
 * a token counts as emitted once it may not.
 */
final class DecidedAnswer {
    private final TextAssembly<TokenLogprob> text;
    private final PhraseGuard guard;
    private final Penalties penalties;
    private final Tally tally;
    private final SteeringMeters meters;
    private final List<Token> tokens;
    private final List<Held> held = new ArrayList<>();
    private final List<StepExplanation> steps = new ArrayList<>();

    private record Held(Decision decision, @Nullable StepExplanation explanation) {}

    DecidedAnswer(
            TextAssembly<TokenLogprob> text,
            PhraseGuard guard,
            Penalties penalties,
            Tally tally,
            SteeringMeters meters) {
        this.text = text;
        this.guard = guard;
        this.tokens = guard.tokens();
        this.penalties = penalties;
        this.tally = tally;
        this.meters = meters;
    }

    /** All tokens, as a view that changes with them. */
    List<Token> tokens() {
        return tokens;
    }

    /** What was decided at every step that may not be taken back, where it was explained. */
    List<StepExplanation> steps() {
        return steps;
    }

    /** True once a stop string has cut the text. */
    boolean stopped() {
        return text.stopped();
    }

    /** Adds a decided token and returns what may be sent now. */
    Piece<TokenLogprob> add(
            Decision decision, Token token, @Nullable TokenLogprob logprob, @Nullable StepExplanation explanation) {
        text.append(token.bytes(), logprob);
        guard.add(token);
        penalties.emitted(token);
        held.add(new Held(decision, explanation));
        int sendable = text.stopped() ? tokens.size() : guard.sendable();
        emit(sendable);
        return text.release(guard.start(sendable));
    }

    /** Takes back a token and all behind it, and bans it there. */
    void goBack(int token) {
        guard.ban(token);
        takeBack(token);
    }

    /** Ends the answer with a token that has no text. */
    void end(Decision decision, @Nullable StepExplanation explanation) {
        emit(tokens.size());
        emit(new Held(decision, explanation));
    }

    /** Withholds what the text may not end in, and returns what forbids it, or null where there is nothing. */
    PhraseGuard.@Nullable Hit withhold() {
        PhraseGuard.Hit hit = text.stopped() ? null : guard.hitAtEnd();
        if (hit != null) {
            takeBack(guard.safeLength());
        }
        return hit;
    }

    /** Emits everything that is still held. */
    Piece<TokenLogprob> finish() {
        emit(tokens.size());
        return text.finish();
    }

    private void takeBack(int token) {
        int emitted = tokens.size() - held.size();
        List<Held> taken = held.subList(token - emitted, held.size());
        taken.forEach(one -> meters.takenBack(one.decision()));
        tally.takenBack += taken.size();
        taken.clear();
        tokens.subList(token, tokens.size()).forEach(penalties::takenBack);
        text.takeBack(guard.start(token));
        guard.takeBack(token);
    }

    private void emit(int sendable) {
        List<Held> sent = held.subList(0, sendable - (tokens.size() - held.size()));
        sent.forEach(this::emit);
        sent.clear();
    }

    private void emit(Held one) {
        tally.emitted(one.decision());
        meters.emitted(one.decision());
        if (one.explanation() != null) {
            steps.add(one.explanation());
        }
    }
}
