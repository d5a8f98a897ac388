package io.irscale.search;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** Searches that never ran, for tests of what is told of them. */
public final class Candidates {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final List<Lineage.Node> nodes = new ArrayList<>();
    private final List<Scored> scored = new ArrayList<>();
    private final int steps;

    /** A search of so many steps. */
    public Candidates(int steps) {
        this.steps = steps;
    }

    /** One that was looked at on the way, and dropped. */
    public int dropped(int parent, int born, int ended, double... previews) {
        return add(parent, born, ended, OptionalDouble.empty(), previews);
    }

    /** One that was finished; {@code parts} by every verifier, the first is optimised. */
    public int finished(int parent, int born, float... parts) {
        int id = add(parent, born, steps, parts.length == 0 ? OptionalDouble.empty() : OptionalDouble.of(parts[0]));
        Candidate candidate = new Candidate(id, parent, id, born);
        OptionalDouble score = nodes.getLast().score();
        scored.add(new Scored(candidate, score, parts, steps, SECOND, SECOND, SECOND));
        return id;
    }

    private int add(int parent, int born, int ended, OptionalDouble score, double... previews) {
        int id = nodes.size();
        List<Lineage.Preview> looks = new ArrayList<>();
        for (double preview : previews) {
            looks.add(new Lineage.Preview(Math.min(ended, born + looks.size() + 1), preview));
        }
        nodes.add(new Lineage.Node(id, parent, id, born, ended, looks, score));
        return id;
    }

    /** The outcome. */
    public SearchResult result(String... verifiers) {
        List<Scored> ranked = new ArrayList<>(scored);
        ranked.sort(Scored.BEST_FIRST);
        List<Lineage.Point> curve = ranked.getFirst().score().isPresent()
                ? List.of(new Lineage.Point(steps, ranked.getFirst().score().getAsDouble()))
                : List.of();
        return new SearchResult(
                ranked,
                List.of(verifiers),
                new Ledger.Counts(1, 1, (long) steps * ranked.size(), steps, 0, 0, ranked.size(), ranked.size()),
                new Ledger.Times(SECOND, SECOND, SECOND, SECOND, SECOND, SECOND.multipliedBy(5)),
                Stop.DONE,
                new Lineage(nodes, curve));
    }
}
