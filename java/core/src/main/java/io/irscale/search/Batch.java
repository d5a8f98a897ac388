package io.irscale.search;

import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Rows taken from the searches' queues to go through the device together.
 *
 * @param rows with the search each belongs to
 * @param room how many there could have been
 */
record Batch<T>(List<Row<T>> rows, int room) {
    /** A row and its search. */
    record Row<T>(Lane lane, T work) {}

    /**
     * Takes rows in turns, one of each search, as long as all their batch sizes allow it. All share the batch key of the
     * first; the others stay for another batch.
     */
    static <T> Batch<T> fill(List<Lane> lanes, Function<Lane, Deque<T>> queue) {
        List<Row<T>> rows = new ArrayList<>();
        int room = Integer.MAX_VALUE;
        Optional<Object> key = Optional.empty();
        boolean taken = true;
        while (taken) {
            taken = false;
            for (Lane lane : lanes) {
                int limit = Math.min(room, lane.size.rows());
                boolean fits = key.isEmpty() || key.get().equals(lane.conditioning.batchKey());
                @Nullable
                T work = fits && rows.size() < limit ? queue.apply(lane).poll() : null;
                if (work != null) {
                    rows.add(new Row<>(lane, work));
                    key = Optional.of(lane.conditioning.batchKey());
                    room = limit;
                    taken = true;
                }
            }
        }
        return new Batch<>(rows, room);
    }

    /** Takes all rows that {@code which} holds for. */
    static <T> Batch<T> all(List<Lane> lanes, Function<Lane, Deque<T>> queue, Predicate<T> which) {
        List<Row<T>> rows = new ArrayList<>();
        for (Lane lane : lanes) {
            for (Iterator<T> left = queue.apply(lane).iterator(); left.hasNext(); ) {
                T work = left.next();
                if (which.test(work)) {
                    rows.add(new Row<>(lane, work));
                    left.remove();
                }
            }
        }
        return new Batch<>(rows, Integer.MAX_VALUE);
    }

    /** Puts the rows back where they came from. */
    void putBack(Function<Lane, Deque<T>> queue) {
        rows.reversed().forEach(row -> queue.apply(row.lane()).addFirst(row.work()));
    }

    /** The searches in it, each once. */
    List<Lane> lanes() {
        return rows.stream().map(Row::lane).distinct().toList();
    }

    /** The rows of one search. */
    List<T> of(Lane lane) {
        return rows.stream().filter(row -> row.lane() == lane).map(Row::work).toList();
    }
}
