package dev.trimtab.steering;

import dev.trimtab.token.Token;
import org.jspecify.annotations.Nullable;

/** What becomes of one drafted token. */
sealed interface Decision {
    Weighed weighed();

    /** The token that is emitted, or null where none is. */
    @Nullable
    Token emitted();

    /** The draft stands. */
    record Kept(Weighed weighed) implements Decision {
        @Override
        public Token emitted() {
            return weighed.step().drawn();
        }
    }

    /**
     * Another token was drawn from S.
     *
     * @param exhausted true where that is because asking again came to nothing
     */
    record Replaced(Weighed weighed, Token emitted, boolean exhausted) implements Decision {}

    /** The draft is passed on without scoring. */
    record PassedOn(Weighed weighed, Unsteered reason) implements Decision {
        @Override
        public Token emitted() {
            return weighed.step().drawn();
        }
    }

    /** The draft was thinned; the upstream is asked again from the same prefix. */
    record AskAgain(Weighed weighed) implements Decision {
        @Override
        public @Nullable Token emitted() {
            return null;
        }
    }

    /** The draft would complete a forbidden phrase; the answer goes back to the token that holds its first byte. */
    record GoneBack(Weighed weighed, PhraseGuard.Hit hit) implements Decision {
        @Override
        public @Nullable Token emitted() {
            return null;
        }
    }

    /**
     * The draft is forbidden and nothing else can be drawn: the answer ends.
     *
     * @param hit the phrase that it would complete, or null where the token itself is forbidden or banned
     */
    record NothingLeft(Weighed weighed, PhraseGuard.@Nullable Hit hit) implements Decision {
        @Override
        public @Nullable Token emitted() {
            return null;
        }
    }
}
