package io.irscale.search;

import io.irscale.error.ClosedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Who runs, who waits for the device, and who thinks. All state of the batcher that threads share is under one lock. */
final class Lanes {
    private final long patience;
    private final int most;
    private final BooleanSupplier scheduler;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // Everyone whose memory has to be freed; of these, the running ones in the order of their turns.
    private final Set<Lane> members = new LinkedHashSet<>();
    private final List<Lane> running = new ArrayList<>();
    private boolean scheduled;
    private boolean closed;

    /** {@code scheduler} brings about a round on the device thread; false if that is no longer possible. */
    Lanes(Duration patience, int most, BooleanSupplier scheduler) {
        this.patience = patience.toNanos();
        this.most = most;
        this.scheduler = scheduler;
    }

    /** Takes over what a search holds. On the device thread, so that closing cannot come between. */
    void add(Lane lane) {
        lock.lock();
        try {
            members.add(lane);
        } finally {
            lock.unlock();
        }
    }

    /** Waits until there is room for another search. */
    void start(Lane lane) {
        lock.lock();
        try {
            while (running.size() >= most && !closed && lane.ending == null) {
                changed.awaitUninterruptibly();
            }
            requireGoing(lane);
            lane.thinkingSince = System.nanoTime();
            running.add(lane);
        } finally {
            lock.unlock();
        }
    }

    void ask(Lane lane, Request request) {
        lock.lock();
        try {
            requireGoing(lane);
            lane.ahead = lane.takeDeferred();
            lane.request = request;
            schedule();
        } finally {
            lock.unlock();
        }
    }

    /** Ends a search at its next step: what it waits for, and whatever it asks for later, throws {@code why}. */
    void end(Lane lane, RuntimeException why) {
        lock.lock();
        try {
            if (lane.ending == null) {
                lane.ending = why;
            }
            if (lane.request != null) {
                schedule();
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Frees a search's memory. On the device thread. */
    void remove(Lane lane) {
        lock.lock();
        try {
            running.remove(lane);
            changed.signalAll();
            if (!members.remove(lane)) {
                return;
            }
        } finally {
            lock.unlock();
        }
        lane.freeAll();
    }

    /** Ends everyone and frees all memory. On the device thread. */
    void close() {
        List<Lane> left;
        lock.lock();
        try {
            closed = true;
            left = List.copyOf(members);
            members.clear();
            running.clear();
            left.forEach(lane -> answer(lane, closedException()));
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        left.forEach(Lane::freeAll);
    }

    /** Waits until every running search has asked, or thinks for longer than the patience; returns those that asked. */
    List<Lane> gather() {
        lock.lock();
        try {
            awaitThinkers();
            List<Lane> asking = new ArrayList<>();
            for (Lane lane : running) {
                if (lane.request != null && prepare(lane)) {
                    asking.add(lane);
                }
            }
            return asking;
        } finally {
            lock.unlock();
        }
    }

    /** Answers those whose rows are all done. */
    void answer(List<Lane> asking) {
        lock.lock();
        try {
            for (Lane lane : asking) {
                if (lane.request != null && lane.request.rows() == 0) {
                    answer(lane, null);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Another one comes first next time, if anybody still asks. */
    void endRound() {
        lock.lock();
        try {
            if (!running.isEmpty()) {
                Collections.rotate(running, -1);
            }
            scheduled = false;
            if (running.stream().anyMatch(lane -> lane.request != null)) {
                schedule();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Lets a search's request fail. */
    void fail(Lane lane, Throwable why) {
        lock.lock();
        try {
            answer(lane, why);
        } finally {
            lock.unlock();
        }
    }

    private void requireGoing(Lane lane) {
        if (closed) {
            throw closedException();
        }
        if (lane.ending != null) {
            throw lane.ending;
        }
    }

    private static ClosedException closedException() {
        return new ClosedException("the engine was closed");
    }

    private void schedule() {
        changed.signalAll();
        if (!scheduled && !closed) {
            scheduled = scheduler.getAsBoolean();
        }
    }

    private void awaitThinkers() {
        endThoseThatShall();
        for (long wait = longestThought(); wait > 0 && !isFull(); wait = longestThought()) {
            try {
                changed.awaitNanos(wait);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            endThoseThatShall();
        }
    }

    private void endThoseThatShall() {
        long now = System.nanoTime();
        for (Lane lane : running) {
            if (lane.request != null && lane.ending != null) {
                answer(lane, lane.ending);
            } else if (lane.request instanceof Request.Walk && now >= lane.deadline) {
                answer(lane, new BudgetSpentException(Stop.TIME));
            }
        }
    }

    private boolean isFull() {
        int rows = 0;
        int room = Integer.MAX_VALUE;
        for (Lane lane : running) {
            if (lane.request instanceof Request.Walk walk) {
                rows += walk.rows();
                room = Math.min(room, lane.size.rows());
            }
        }
        return rows >= room;
    }

    /** Nanoseconds for which somebody who thinks is still worth waiting for; 0 if nobody has asked at all. */
    private long longestThought() {
        if (running.stream().allMatch(lane -> lane.request == null)) {
            return 0;
        }
        long now = System.nanoTime();
        return running.stream()
                .filter(lane -> lane.request == null)
                .mapToLong(lane -> lane.thinkingSince + patience - now)
                .max()
                .orElse(0);
    }

    // Short work: it may hold the lock.
    private boolean prepare(Lane lane) {
        try {
            lane.ahead.forEach(Runnable::run);
            lane.ahead = List.of();
            return true;
        } catch (RuntimeException | Error e) {
            answer(lane, e);
            return false;
        }
    }

    private static void answer(Lane lane, @Nullable Throwable failure) {
        Request request = lane.request;
        if (request == null) {
            return;
        }
        lane.request = null;
        lane.thinkingSince = System.nanoTime();
        if (failure == null) {
            request.done.complete(null);
        } else {
            request.done.completeExceptionally(failure);
        }
    }
}
