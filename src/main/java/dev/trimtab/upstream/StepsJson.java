package dev.trimtab.upstream;

import dev.trimtab.openai.Json;
import dev.trimtab.token.Candidates;
import dev.trimtab.token.Step;
import dev.trimtab.token.Token;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/**
 * Shown steps as ASCII on one line: an array a step, of id, bytes and log-probability of its token and then of each
 * candidate, the log-probability null where it is not shown.
 */
final class StepsJson {
    private StepsJson() {}

    static String write(List<Step> steps) {
        ArrayNode json = Json.mapper().createArrayNode();
        steps.forEach(step -> write(json.addArray(), step));
        return json.toString();
    }

    private static void write(ArrayNode json, Step step) {
        write(json, step.drawn(), step.logprob());
        Candidates shown = step.candidates();
        IntStream.range(0, shown.size()).forEach(i -> write(json, shown.token(i), shown.logprob(i)));
    }

    private static void write(ArrayNode json, Token token, double logprob) {
        json.add(token.id()).add(Base64.getEncoder().encodeToString(token.bytes()));
        if (Double.isNaN(logprob)) {
            json.addNull();
        } else {
            json.add(logprob);
        }
    }

    static List<Step> read(String json) {
        return Json.mapper().readTree(json).valueStream().map(StepsJson::step).toList();
    }

    private static Step step(JsonNode json) {
        Token[] tokens = new Token[json.size() / 3];
        double[] logprobs = new double[tokens.length];
        for (int i = 0; i < tokens.length; i++) {
            byte[] bytes = Base64.getDecoder().decode(json.path(3 * i + 1).asString());
            tokens[i] = new Token(json.path(3 * i).asInt(), bytes);
            logprobs[i] = json.path(3 * i + 2).asDouble(Double.NaN);
        }
        Candidates candidates = new Candidates(
                Arrays.copyOfRange(tokens, 1, tokens.length), Arrays.copyOfRange(logprobs, 1, tokens.length));
        return new Step(tokens[0], logprobs[0], candidates);
    }
}
