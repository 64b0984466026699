package dev.trimtab.scoring;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;

/** Phrases while they are gathered, as a tree of symbols: folded code points, and {@link #BREAK} between words. */
final class PhraseTrie {
    /** Stands between two characters that are not both of a word, and at both ends of a text. */
    static final int BREAK = -1;

    static final int NONE = -1;

    private final List<Node> nodes = new ArrayList<>(List.of(new Node(0)));

    /** A node; a match is the longest phrase that ends here. */
    static final class Node {
        final TreeMap<Integer, Integer> next = new TreeMap<>();
        final int depth;
        int fallback;
        int matchedRule = NONE;
        int matchedLength;

        /** @param depth code points from the root, breaks aside */
        private Node(int depth) {
            this.depth = depth;
        }
    }

    /** Adds a phrase; of rules that share one the first counts. */
    void add(String phrase, boolean wholeWords, int rule) {
        int[] points = phrase.codePoints().toArray();
        boolean inWord = !(wholeWords && CodePoints.isWord(points[0]));
        int node = inWord ? 0 : child(0, BREAK);
        for (int i = 0; i < points.length; i++) {
            boolean word = CodePoints.isWord(points[i]);
            if (i > 0 && !(word && inWord)) {
                node = child(node, BREAK);
            }
            inWord = word;
            node = child(node, CodePoints.folded(points[i]));
        }
        Node last = nodes.get(wholeWords && inWord ? child(node, BREAK) : node);
        if (last.matchedRule == NONE) {
            last.matchedRule = rule;
            last.matchedLength = points.length;
        }
    }

    private int child(int node, int symbol) {
        Integer there = nodes.get(node).next.get(symbol);
        if (there != null) {
            return there;
        }
        nodes.add(new Node(nodes.get(node).depth + (symbol == BREAK ? 0 : 1)));
        nodes.get(node).next.put(symbol, nodes.size() - 1);
        return nodes.size() - 1;
    }

    /** The nodes, each with its fallback: the node of its longest proper suffix, whose match it shares where it has none. */
    List<Node> linked() {
        Deque<Integer> toVisit = new ArrayDeque<>(List.of(0));
        while (!toVisit.isEmpty()) {
            int node = toVisit.remove();
            nodes.get(node).next.forEach((symbol, child) -> {
                link(node, symbol, nodes.get(child));
                toVisit.add(child);
            });
        }
        return nodes;
    }

    private void link(int parent, int symbol, Node child) {
        child.fallback = parent == 0 ? 0 : suffix(nodes.get(parent).fallback, symbol);
        Node suffix = nodes.get(child.fallback);
        if (child.matchedRule == NONE) {
            child.matchedRule = suffix.matchedRule;
            child.matchedLength = suffix.matchedLength;
        }
    }

    private int suffix(int node, int symbol) {
        Integer there = nodes.get(node).next.get(symbol);
        while (there == null && node != 0) {
            node = nodes.get(node).fallback;
            there = nodes.get(node).next.get(symbol);
        }
        return there == null ? 0 : there;
    }
}
