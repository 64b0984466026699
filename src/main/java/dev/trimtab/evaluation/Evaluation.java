package dev.trimtab.evaluation;

import java.util.List;

/**
 * What a policy does to held-out data and what it costs, beside what it is compared with. Immutable.
 *
 * @param inputs how many prompts
 * @param references how many wanted answers
 * @param results the unsteered upstream first, the policy last
 * @param comparisons of the first inputs
 * @param remarks what a reader has to know
 * @param residentMebibytes memory of the evaluating process at its end, upstream included where it is embedded; 0 where it
 *     is not known
 */
public record Evaluation(
        Provenance provenance,
        int inputs,
        int references,
        List<Result> results,
        List<Comparison> comparisons,
        List<String> remarks,
        long residentMebibytes) {
    public Evaluation {
        results = List.copyOf(results);
        comparisons = List.copyOf(comparisons);
        remarks = List.copyOf(remarks);
    }

    Result unsteered() {
        return results.get(0);
    }

    Result policy() {
        return results.get(results.size() - 1);
    }
}
