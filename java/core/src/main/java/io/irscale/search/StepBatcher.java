package io.irscale.search;

import io.irscale.error.ClosedException;
import io.irscale.error.DeviceMemoryException;
import io.irscale.search.Request.Glance;
import io.irscale.search.Request.Leg;
import io.irscale.search.Request.Look;
import io.irscale.search.Request.Walk;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Gathers what all running searches ask for into one device batch a step: rows at different steps and of different
 * prompts go together, searches take turns row by row, and a row that ends leaves its place to the next one at once.
 *
 * <p>A batch waits until every running search has asked for something, but for none longer than the patience: a search
 * that is busy otherwise (writing a file, asking a slow verifier) holds up nobody.
 */
public final class StepBatcher implements AutoCloseable {
    private static final Deque<Leg> NO_LEGS = new ArrayDeque<>();
    private static final Deque<Glance> NO_GLANCES = new ArrayDeque<>();

    private final DeviceWork work;
    private final Executor device;
    private final Lanes lanes;
    private volatile Occupancy occupancy = new Occupancy(0, 0, 0);

    /**
     * Runs nothing until a search starts.
     *
     * @param device runs what it is given one after another, on the thread that may call {@code backend}
     * @param patience how long a batch waits for a search that thinks
     * @param most searches at a time; more of them wait for their turn
     */
    public StepBatcher(Backend backend, Executor device, Duration patience, int most) {
        this.work = new DeviceWork(backend);
        this.device = device;
        this.lanes = new Lanes(patience, most, this::schedule);
    }

    /** How full the batches were so far. */
    public Occupancy occupancy() {
        return occupancy;
    }

    Backend backend() {
        return work.backend();
    }

    /** The places of the running searches. */
    Lanes lanes() {
        return lanes;
    }

    /** Hands a search's request to the device thread and waits for it. */
    void submit(Lane lane, Request request) {
        lanes.ask(lane, request);
        Waiting.on(request.done);
    }

    /** Frees all that a search holds and waits for that. */
    void leave(Lane lane) {
        try {
            device.execute(() -> lanes.remove(lane));
        } catch (RejectedExecutionException e) {
            // The device thread is ending: close() comes last on it and frees the lane.
        }
        Waiting.on(lane.freed);
    }

    /** Ends all searches with a {@link ClosedException} and frees what they hold. On the device thread. */
    @Override
    public void close() {
        lanes.close();
    }

    private boolean schedule() {
        try {
            device.execute(this::round);
            return true;
        } catch (RejectedExecutionException e) {
            return false; // the device thread is ending: close() comes last on it and ends what waits
        }
    }

    /** One round on the device thread: a batch of looks, then one of forwards, which those that have looked can join. */
    private void round() {
        List<Lane> asking = lanes.gather();
        Function<Lane, Deque<Glance>> glances = lane -> lane.request instanceof Look look ? look.glances : NO_GLANCES;
        Batch<Glance> looks = Batch.fill(asking, glances);
        if (!looks.rows().isEmpty()) {
            attempt(looks, glances, work::look);
            lanes.answer(asking);
            asking = lanes.gather();
        }
        Function<Lane, Deque<Leg>> legs = lane -> lane.request instanceof Walk walk ? walk.legs : NO_LEGS;
        // What has its velocity already moves on without a place in the batch.
        attempt(Batch.all(asking, legs, leg -> !leg.needsForward()), legs, this::moveOn);
        attempt(Batch.fill(asking, legs), legs, this::step);
        lanes.answer(asking);
        lanes.endRound();
    }

    private void step(Batch<Leg> batch) {
        work.forward(batch);
        occupancy = occupancy.plus(batch.rows().size(), batch.room());
        moveOn(batch);
        batch.lanes()
                .forEach(lane -> tell(
                        lane, listener -> listener.progress(lane.ledger.counts().forwards(), lane.best)));
    }

    private void moveOn(Batch<Leg> batch) {
        work.move(batch);
        for (Batch.Row<Leg> row : batch.rows()) {
            if ((row.work().needsForward() || row.work().needsMove()) && row.lane().request instanceof Walk walk) {
                walk.legs.addLast(row.work()); // at the back, so that all rows advance together
            }
        }
    }

    /** If a batch fails, the searches in it do, unless fewer rows may fit. */
    private <T> void attempt(Batch<T> batch, Function<Lane, Deque<T>> queue, Consumer<Batch<T>> run) {
        if (batch.rows().isEmpty()) {
            return;
        }
        try {
            run.accept(batch);
        } catch (DeviceMemoryException e) {
            batch.putBack(queue);
            batch.lanes().forEach(lane -> shrink(lane, e));
        } catch (RuntimeException | Error e) {
            batch.lanes().forEach(lane -> lanes.fail(lane, e));
        }
    }

    private void shrink(Lane lane, DeviceMemoryException e) {
        if (lane.size.halve()) {
            tell(lane, listener -> listener.smallerBatch(lane.size.rows()));
        } else {
            lanes.fail(lane, e);
        }
    }

    // What a listener throws ends its own search only.
    private void tell(Lane lane, Consumer<SearchListener> news) {
        try {
            news.accept(lane.listener);
        } catch (RuntimeException | Error e) {
            lanes.fail(lane, e);
        }
    }
}
