package io.irscale.lora;

import io.irscale.tensor.StoredTensor;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What an update adds to a weight (out, in), before its scale. Tensors are of floating-point dtypes. */
public sealed interface LoraTerm {
    /** What people call it, in a file without magnitudes. */
    String kind();

    /** The rank that alpha is divided by; empty where there are no products. */
    Optional<Long> rank();

    /** The tensors that it is made of. */
    List<StoredTensor> tensors();

    /**
     * B A (arXiv 2106.09685).
     *
     * @param a (rank, in); layers fused in the file share it
     * @param b (out, rank)
     */
    record LowRank(StoredTensor a, StoredTensor b) implements LoraTerm {
        @Override
        public String kind() {
            return "LoRA";
        }

        @Override
        public Optional<Long> rank() {
            return Optional.of(a.shape().getFirst());
        }

        @Override
        public List<StoredTensor> tensors() {
            return List.of(a, b);
        }
    }

    /**
     * A matrix, or a product of two.
     *
     * @param left (rows, columns), or (rows, rank)
     * @param right (rank, columns), if it is a product
     */
    record Factor(StoredTensor left, Optional<StoredTensor> right) {
        /** How many rows it has. */
        public long rows() {
            return left.shape().getFirst();
        }

        /** How many columns it has. */
        public long columns() {
            return right.orElse(left).shape().getLast();
        }

        private Optional<Long> rank() {
            return right.map(tensor -> tensor.shape().getFirst());
        }

        private Stream<StoredTensor> tensors() {
            return Stream.concat(Stream.of(left), right.stream());
        }
    }

    /**
     * Rows of w1 ⊗ w2 (LyCORIS {@code functional/lokr.py}).
     *
     * @param w1 (a, b)
     * @param w2 (c, d), where b d is the layer's in
     * @param firstRow the row of the product that is the layer's first; the others follow it in a circle
     * @param rows the layer's out, at most a c
     */
    record Kronecker(Factor w1, Factor w2, long firstRow, long rows) implements LoraTerm {
        @Override
        public String kind() {
            return "LoKr";
        }

        @Override
        public Optional<Long> rank() {
            return w2.rank().or(w1::rank);
        }

        @Override
        public List<StoredTensor> tensors() {
            return Stream.concat(w1.tensors(), w2.tensors()).toList();
        }
    }

    /**
     * (w1a w1b) times (w2a w2b), element by element (LyCORIS {@code functional/loha.py}).
     *
     * @param w1a (out, rank)
     * @param w1b (rank, in)
     * @param w2a (out, rank)
     * @param w2b (rank, in)
     */
    record Hadamard(StoredTensor w1a, StoredTensor w1b, StoredTensor w2a, StoredTensor w2b) implements LoraTerm {
        @Override
        public String kind() {
            return "LoHa";
        }

        @Override
        public Optional<Long> rank() {
            return Optional.of(w1b.shape().getFirst());
        }

        @Override
        public List<StoredTensor> tensors() {
            return List.of(w1a, w1b, w2a, w2b);
        }
    }

    /**
     * A whole matrix, as ComfyUI and LyCORIS write it.
     *
     * @param weight (out, in)
     */
    record Difference(StoredTensor weight) implements LoraTerm {
        @Override
        public String kind() {
            return "difference";
        }

        @Override
        public Optional<Long> rank() {
            return Optional.empty();
        }

        @Override
        public List<StoredTensor> tensors() {
            return List.of(weight);
        }
    }
}
