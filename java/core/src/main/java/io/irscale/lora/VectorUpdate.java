package io.irscale.lora;

import io.irscale.tensor.StoredTensor;
import java.util.List;

/**
 * What is added to a bias, or to a norm's weight or bias: {@code scale} times a vector.
 *
 * @param target the model that has the parameter
 * @param parameter its dotted name, such as {@code proj_out.bias}
 * @param difference of the parameter's shape, of a floating-point dtype
 * @param scale finite
 * @param keys the tensors of the file that it was made of
 */
public record VectorUpdate(
        LoraTarget target, String parameter, StoredTensor difference, double scale, List<String> keys) {
    public VectorUpdate {
        keys = List.copyOf(keys);
    }
}
