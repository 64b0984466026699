package dev.trimtab.policy;

import dev.trimtab.scoring.Bias;
import dev.trimtab.scoring.Phrases;
import dev.trimtab.scoring.Phrases.Rule;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads the {@code negative} part of a policy: rules, each a name with phrases and tokens. */
final class NegativeReader {
    private final Set<String> names = new HashSet<>();

    /**
     * Reads the part.
     *
     * @param rules the mappings under its {@code rules}
     */
    Negative read(Fields negative, List<Fields> rules) {
        double floor = negative.number("floor", Negative.DEFAULT_FLOOR, value -> value >= 0 && value <= 1, "0..1");
        List<Rule> read = new ArrayList<>();
        rules.forEach(rule -> read.add(rule(rule)));
        negative.reportUnknownKeys();
        return new Negative(new Phrases(read), floor);
    }

    private Rule rule(Fields fields) {
        String name = fields.requiredText("name");
        if (!names.add(name)) {
            fields.wrong("name", "each name once");
        }
        List<String> phrases =
                fields.texts("phrases", NegativeReader::canStandInText, "texts of at least one character");
        List<String> tokens = fields.texts("tokens", text -> !text.isEmpty(), "tokens, as their text or as id:NUMBER");
        Rule rule = new Rule(name, phrases, fields.flag("whole-words"), Bias.forbidding(tokens));
        fields.reportUnknownKeys();
        if (fields.isEmpty("phrases") && fields.isEmpty("tokens")) {
            fields.wrong("phrases", "phrases or tokens that never get out");
        }
        return rule;
    }

    /** Half a surrogate pair cannot, and would be matched by nothing. */
    private static boolean canStandInText(String phrase) {
        return !phrase.isEmpty()
                && phrase.codePoints().noneMatch(point -> Character.getType(point) == Character.SURROGATE);
    }
}
