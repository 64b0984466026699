package dev.trimtab.steering;

import dev.trimtab.token.Token;
import dev.trimtab.upstream.DraftEvent.Drawn;
import java.util.List;

/**
 * One whole draft.
 *
 * @param drawn its tokens, the end among them where one was drawn
 * @param finishReason the upstream's own
 */
record Draft(List<Drawn> drawn, String finishReason) {
    List<Token> tokens() {
        return drawn.stream().map(one -> one.step().drawn()).toList();
    }
}
