package io.irscale.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.cli.report.FamilyTree.Person;
import io.irscale.search.Candidate;
import io.irscale.search.Candidates;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FamilyTreeTest {
    @Test
    void bestFamiliesComeFirst() {
        Candidates search = new Candidates(4);
        search.finished(Candidate.ROOT, 0, 0.1f);
        search.finished(Candidate.ROOT, 0, 0.3f);
        search.dropped(Candidate.ROOT, 0, 2, 0.9);
        search.finished(Candidate.ROOT, 0, 0.2f);
        FamilyTree tree = FamilyTree.of(search.result("clip"), 10);
        assertThat(ids(tree.roots())).containsExactly(1, 3, 0, 2);
        assertThat(tree.roots().getFirst().winning()).isTrue();
        assertThat(tree.roots().getLast().lived()).isFalse();
        assertThat(tree.hidden()).isZero();
    }

    @Test
    void whatIsLeftOutIsCounted() {
        Candidates search = new Candidates(4);
        int noise = search.dropped(Candidate.ROOT, 0, 1, 0.5);
        for (int i = 0; i < 100; i++) {
            search.dropped(noise, 1, 2, i / 1000.0);
        }
        int best = search.dropped(noise, 1, 3, 0.4);
        search.finished(best, 3, 0.6f);
        search.finished(Candidate.ROOT, 0, 0.5f);
        for (int most : List.of(1, 3, 4, 10, 103, 1000)) {
            FamilyTree tree = FamilyTree.of(search.result("clip"), most);
            Deque<Person> open = new ArrayDeque<>(tree.roots());
            long seen = 0;
            long hidden = tree.hidden();
            boolean winner = false;
            while (!open.isEmpty()) {
                Person person = open.pop();
                seen += person.worked() ? 1 : 0;
                hidden += person.hidden();
                winner |= person.winning() && person.node().score().isPresent();
                open.addAll(person.children());
            }
            assertThat(winner).isTrue();
            assertThat(seen).isEqualTo(tree.shown()).isLessThanOrEqualTo(Math.max(3, most));
            assertThat(seen + hidden).isEqualTo(tree.size()).isEqualTo(104);
        }
    }

    @Test
    void onlyTheWayOfTheWinnerIsTheWinners() {
        Candidates search = new Candidates(8);
        int root = search.finished(Candidate.ROOT, 0, 0.5f);
        int copy = search.finished(root, 3, 0.6f);
        int winner = search.finished(copy, 5, 0.7f);
        search.finished(copy, 6, 0.4f);
        FamilyTree tree = FamilyTree.of(search.result("clip"), 10);
        Person first = tree.roots().getFirst();
        assertThat(first.winningUntil()).isEqualTo(3);
        Person second = first.children().getFirst();
        assertThat(second.winningUntil()).isEqualTo(5);
        assertThat(second.children()).extracting(each -> each.node().id()).containsExactly(winner, winner + 1);
        assertThat(second.children()).extracting(Person::winningUntil).containsExactly(8, -1);
    }

    @Test
    void noiseThatOthersStartFromIsNoWork() {
        Candidates search = new Candidates(4);
        int pivot = search.dropped(Candidate.ROOT, 0, 0);
        search.finished(pivot, 0, 0.2f);
        int neighbour = search.dropped(pivot, 0, 0);
        search.finished(neighbour, 0, 0.4f);
        search.dropped(neighbour, 0, 0);
        FamilyTree tree = FamilyTree.of(search.result("clip"), 2);
        assertThat(tree.shown()).isEqualTo(2);
        assertThat(tree.size()).isEqualTo(2);
        Person root = tree.roots().getFirst();
        assertThat(root.worked()).isFalse();
        assertThat(root.winning()).isTrue();
        assertThat(ids(root.children())).containsExactly(neighbour, 1);
    }

    private static List<Integer> ids(List<Person> people) {
        return people.stream().map(person -> person.node().id()).toList();
    }
}
