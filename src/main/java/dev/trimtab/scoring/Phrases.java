package dev.trimtab.scoring;

import dev.trimtab.token.Token;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * All forbidden phrases of a policy in one automaton (Aho and Corasick, 1975), which reads a text once whatever their
 * number. Its symbols are code points with their case folded, and breaks between words, so that case variants of other
 * byte lengths and word boundaries need no look at the text again. Immutable; a {@link PhraseCursor} reads by it.
 */
public final class Phrases {
    /** Forbids nothing. */
    public static final Phrases NONE = new Phrases(List.of());

    static final int ROOT = 0;

    private final List<Rule> rules;
    private final int[] edges;
    private final int[] symbols;
    private final int[] targets;
    private final int[] fallbacks;
    private final int[] depths;
    private final int[] matchedRules;
    private final int[] matchedLengths;

    /**
     * A named group of what never gets out.
     *
     * @param name what meters call it
     * @param phrases texts of at least one character, matched code point by code point whatever their case
     * @param wholeWords whether a phrase counts only where no letter, digit or mark continues it on either side
     * @param tokens forbidden by identity, wherever they are drawn: −∞ for each
     */
    public record Rule(String name, List<String> phrases, boolean wholeWords, Bias tokens) {}

    /** Builds the automaton, in time proportional to the phrases' length. */
    public Phrases(List<Rule> rules) {
        this.rules = List.copyOf(rules);
        PhraseTrie trie = new PhraseTrie();
        for (int i = 0; i < rules.size(); i++) {
            int rule = i;
            rules.get(i)
                    .phrases()
                    .forEach(phrase -> trie.add(phrase, rules.get(rule).wholeWords(), rule));
        }
        List<PhraseTrie.Node> nodes = trie.linked();
        this.edges = new int[nodes.size() + 1];
        this.symbols = new int[nodes.size() - 1];
        this.targets = new int[nodes.size() - 1];
        this.fallbacks = nodes.stream().mapToInt(node -> node.fallback).toArray();
        this.depths = nodes.stream().mapToInt(node -> node.depth).toArray();
        this.matchedRules = nodes.stream().mapToInt(node -> node.matchedRule).toArray();
        this.matchedLengths =
                nodes.stream().mapToInt(node -> node.matchedLength).toArray();
        int edge = 0;
        for (int node = 0; node < nodes.size(); node++) {
            for (Map.Entry<Integer, Integer> next : nodes.get(node).next.entrySet()) {
                symbols[edge] = next.getKey();
                targets[edge++] = next.getValue();
            }
            edges[node + 1] = edge;
        }
    }

    public boolean isEmpty() {
        return rules.isEmpty();
    }

    public List<Rule> rules() {
        return rules;
    }

    /** The first rule that forbids a token by its identity, or −1. */
    public int ruleOf(Token token) {
        for (int i = 0; i < rules.size(); i++) {
            if (rules.get(i).tokens().nats(token) == Double.NEGATIVE_INFINITY) {
                return i;
            }
        }
        return PhraseTrie.NONE;
    }

    /** The node behind another one on a symbol. */
    int next(int node, int symbol) {
        while (true) {
            int edge = Arrays.binarySearch(symbols, edges[node], edges[node + 1], symbol);
            if (edge >= 0) {
                return targets[edge];
            }
            if (node == ROOT) {
                return ROOT;
            }
            node = fallbacks[node];
        }
    }

    /** How many characters of the text the node stands for: the longest beginning of a phrase that the text ends in. */
    int depth(int node) {
        return depths[node];
    }

    /** The rule of the longest phrase that is complete at the node, or −1. */
    int matchedRule(int node) {
        return matchedRules[node];
    }

    /** Its length in characters. */
    int matchedLength(int node) {
        return matchedLengths[node];
    }
}
