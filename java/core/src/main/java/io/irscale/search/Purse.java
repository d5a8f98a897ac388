package io.irscale.search;

/** What is left of a budget. A move that does not fit is not begun. */
final class Purse {
    private final Budget budget;
    private final Ledger ledger;
    private final long deadline;
    private Stop refused = Stop.DONE;

    Purse(Budget budget, Ledger ledger) {
        this.budget = budget;
        this.ledger = ledger;
        this.deadline =
                budget.time().map(time -> System.nanoTime() + time.toNanos()).orElse(Long.MAX_VALUE);
    }

    /** {@link System#nanoTime} at which time is over. */
    long deadline() {
        return deadline;
    }

    long forwardsLeft() {
        return budget.forwards().isPresent()
                ? budget.forwards().getAsLong() - ledger.counts().forwards()
                : Long.MAX_VALUE;
    }

    long callsLeft() {
        return budget.calls().isPresent()
                ? budget.calls().getAsLong() - ledger.counts().verifierCalls()
                : Long.MAX_VALUE;
    }

    boolean affords(long forwards, long calls) {
        if (forwards > forwardsLeft()) {
            refused = Stop.FORWARDS;
        } else if (calls > callsLeft()) {
            refused = Stop.CALLS;
        } else {
            return true;
        }
        return false;
    }

    /** What the last refusal was about, {@link Stop#DONE} if there was none. */
    Stop refused() {
        return refused;
    }

    void requireForwards(long forwards) {
        requireTime();
        if (!affords(forwards, 0)) {
            throw new BudgetSpentException(refused);
        }
    }

    void requireCalls(long calls) {
        requireTime();
        if (!affords(0, calls)) {
            throw new BudgetSpentException(refused);
        }
    }

    /** Ends the search once {@code best} is good enough. */
    void requireBelow(double best) {
        if (budget.score().isPresent() && best >= budget.score().getAsDouble()) {
            throw new BudgetSpentException(Stop.SCORE);
        }
    }

    private void requireTime() {
        if (System.nanoTime() >= deadline) {
            throw new BudgetSpentException(Stop.TIME);
        }
    }
}
