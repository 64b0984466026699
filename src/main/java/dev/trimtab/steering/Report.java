package dev.trimtab.steering;

import dev.trimtab.openai.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What an answer says of its own steering, one choice.
 *
 * @param books its counts
 * @param promptTokens tokens of the prompt, preface included, or −1 where the upstream does not tell
 * @param completionTokens emitted tokens, ends aside
 * @param continuation how the upstream goes on with an answer that is cut, in the words of the configuration
 * @param latched why steering stopped on the way, or null
 * @param steps one explanation per emitted token, or empty where none was asked for
 * @param resampled how the choice was drawn where it was resampled, or null
 */
public record Report(
        Books books,
        int promptTokens,
        int completionTokens,
        String continuation,
        @Nullable String latched,
        List<StepExplanation> steps,
        @Nullable Resampled resampled) {

    /** The choice's entry in the answer's {@code trimtab} field. */
    public ObjectNode json(int choice) {
        ObjectNode json = Json.mapper().createObjectNode();
        json.put("index", choice);
        json.put("drafted", books.drafted());
        json.put("kept", books.kept());
        json.put("replaced", books.replaced());
        json.put("unsteered", books.unsteered());
        json.put("discarded", books.discarded());
        json.put("emitted", books.emitted());
        json.put("calls", books.calls());
        json.put("asked_again", books.askedAgain());
        json.put("taken_back", books.takenBack());
        json.put("exhausted", books.exhausted());
        json.put("ends_reread", books.endsReread());
        json.put("resent", books.resent());
        json.put("continuation", continuation);
        json.put("latched", latched);
        if (resampled != null) {
            resampled.write(json.putObject("resampled"));
        }
        if (!steps.isEmpty()) {
            steps.forEach(json.putArray("steps")::addPOJO);
        }
        return json;
    }
}
