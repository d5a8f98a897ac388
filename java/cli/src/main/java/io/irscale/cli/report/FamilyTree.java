package io.irscale.cli.report;

import io.irscale.search.Candidate;
import io.irscale.search.Lineage;
import io.irscale.search.Scored;
import io.irscale.search.SearchResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The candidates of a search by descent, and which of them are worth a picture. Noise and branching points that others
 * start from, and that were never taken further themselves, count for nothing, and show only with these others.
 */
final class FamilyTree {
    private static final int NEVER = -1;
    private static final int MOST_OUT = 12;

    private static final Comparator<Person> BEST_FIRST = Comparator.comparingDouble((Person person) -> -person.finished)
            .thenComparingDouble(person -> -person.promising)
            .thenComparingInt(person -> person.node.id());

    private final Map<Integer, Person> people = new LinkedHashMap<>();
    private final List<Person> roots = new ArrayList<>();

    /** A candidate in its family. */
    static final class Person {
        private final Lineage.Node node;
        private final Optional<Person> parent;
        private final List<Person> children = new ArrayList<>();
        // The best score and the best preview among itself and its descendants.
        private double finished = Double.NEGATIVE_INFINITY;
        private double promising = Double.NEGATIVE_INFINITY;
        private boolean ends;
        private int winningUntil = NEVER;
        private boolean shown;

        private Person(Lineage.Node node, Optional<Person> parent) {
            this.node = node;
            this.parent = parent;
        }

        Lineage.Node node() {
            return node;
        }

        Optional<Person> parent() {
            return parent;
        }

        /** Those that are shown, best first. */
        List<Person> children() {
            return children.stream()
                    .filter(child -> child.shown)
                    .sorted(BEST_FIRST)
                    .toList();
        }

        /** How many descendants that have worked are left out, but for those of children that are shown. */
        long hidden() {
            return children.stream()
                    .filter(child -> !child.shown)
                    .mapToLong(Person::size)
                    .sum();
        }

        private long size() {
            long size = 0;
            List<Person> open = new ArrayList<>(List.of(this));
            while (!open.isEmpty()) {
                Person next = open.removeLast();
                size += next.worked() ? 1 : 0;
                open.addAll(next.children);
            }
            return size;
        }

        /** Whether it became an image, or one of its descendants did. */
        boolean lived() {
            return ends;
        }

        /** Whether the winner came by here, or from here. */
        boolean winning() {
            return winningUntil > NEVER;
        }

        /** The last step that is on the winner's way. */
        int winningUntil() {
            return winningUntil;
        }

        /** Whether there is more to it than noise that others start from. */
        boolean worked() {
            return node.ended() > node.born()
                    || !node.previews().isEmpty()
                    || node.score().isPresent();
        }
    }

    private FamilyTree() {}

    /** The tree of a search, with at most so many people shown that have worked, the winner and its forebears always. */
    static FamilyTree of(SearchResult found, int most) {
        FamilyTree tree = new FamilyTree();
        found.lineage().nodes().forEach(tree::add);
        tree.value();
        List<Integer> ranked = found.ranked().stream()
                .map(Scored::candidate)
                .map(Candidate::id)
                .toList();
        tree.mark(ranked.getFirst());
        tree.show(ranked, most);
        return tree;
    }

    /** Those without parents that are shown, best first. */
    List<Person> roots() {
        return roots.stream().filter(root -> root.shown).sorted(BEST_FIRST).toList();
    }

    /** How many candidates of families that are left out altogether have worked. */
    long hidden() {
        return roots.stream()
                .filter(root -> !root.shown)
                .mapToLong(Person::size)
                .sum();
    }

    /** How many candidates that have worked are shown. */
    long shown() {
        return people.values().stream()
                .filter(person -> person.shown && person.worked())
                .count();
    }

    /** How many candidates have worked. */
    long size() {
        return people.values().stream().filter(Person::worked).count();
    }

    private void add(Lineage.Node node) {
        Optional<Person> parent = Optional.ofNullable(people.get(node.parent()));
        Person person = new Person(node, parent);
        people.put(node.id(), person);
        parent.ifPresentOrElse(each -> each.children.add(person), () -> roots.add(person));
    }

    // Children are born after their parents.
    private void value() {
        for (Person person : List.copyOf(people.values()).reversed()) {
            Lineage.Node node = person.node;
            person.ends |= node.score().isPresent();
            person.finished = Math.max(person.finished, finite(node.score().orElse(Double.NaN)));
            for (Lineage.Preview preview : node.previews()) {
                person.promising = Math.max(person.promising, finite(preview.score()));
            }
            person.parent.ifPresent(parent -> {
                parent.ends |= person.ends;
                parent.finished = Math.max(parent.finished, person.finished);
                parent.promising = Math.max(parent.promising, person.promising);
            });
        }
    }

    private static double finite(double value) {
        return Double.isFinite(value) ? value : Double.NEGATIVE_INFINITY;
    }

    private void mark(int winner) {
        Optional<Person> next = Optional.of(person(winner));
        int until = person(winner).node.ended();
        while (next.isPresent()) {
            next.get().winningUntil = until;
            until = next.get().node.born();
            next = next.get().parent;
        }
    }

    // The finished ones by rank, then a few whose previews were best, each with all its forebears.
    private void show(List<Integer> ranked, int most) {
        int room = most - show(person(ranked.getFirst()), Integer.MAX_VALUE);
        for (int id : ranked) {
            room -= show(person(id), room);
        }
        room = Math.min(room, MOST_OUT);
        for (Person person : people.values().stream()
                .filter(Person::worked)
                .sorted(BEST_FIRST)
                .toList()) {
            room -= show(person, room);
        }
    }

    /** Shows a person with its forebears if the room is enough; the rows that it takes. */
    private static int show(Person person, int room) {
        List<Person> line = line(person);
        int rows = Math.toIntExact(line.stream().filter(Person::worked).count());
        if (rows > Math.max(0, room)) {
            return 0;
        }
        line.forEach(each -> each.shown = true);
        return rows;
    }

    private Person person(int id) {
        return Optional.ofNullable(people.get(id)).orElseThrow();
    }

    /** The person and its forebears that are not shown yet. */
    private static List<Person> line(Person person) {
        List<Person> line = new ArrayList<>();
        Optional<Person> next = Optional.of(person);
        while (next.isPresent() && !next.get().shown) {
            line.add(next.get());
            next = next.get().parent;
        }
        return line;
    }
}
