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

/** The candidates of a search by descent, and which of them are worth a picture. */
final class FamilyTree {
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
        private boolean winning;
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

        /** How many descendants are left out, but for those of children that are shown. */
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
                size++;
                open.addAll(next.children);
            }
            return size;
        }

        /** Whether it became an image, or one of its descendants did. */
        boolean lived() {
            return ends;
        }

        /** Whether it is the winner or one of its forebears. */
        boolean winning() {
            return winning;
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

    /** How many families are left out altogether. */
    long hiddenRoots() {
        return roots.stream().filter(root -> !root.shown).count();
    }

    /** How many candidates are shown. */
    long shown() {
        return people.values().stream().filter(person -> person.shown).count();
    }

    /** How many there are. */
    int size() {
        return people.size();
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
        Optional<Person> next = Optional.ofNullable(people.get(winner));
        while (next.isPresent()) {
            next.get().winning = true;
            next = next.get().parent;
        }
    }

    // The finished ones by rank, then those whose previews were best, each with all its forebears.
    private void show(List<Integer> ranked, int most) {
        List<Person> wanted = new ArrayList<>();
        ranked.forEach(id -> Optional.ofNullable(people.get(id)).ifPresent(wanted::add));
        people.values().stream().sorted(BEST_FIRST).forEach(wanted::add);
        int room = most;
        for (Person person : wanted) {
            List<Person> line = line(person);
            long rows = line.stream().filter(Person::worked).count();
            if (rows <= room || person == wanted.getFirst()) {
                line.forEach(each -> each.shown = true);
                room -= Math.toIntExact(rows);
            }
        }
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
