// LoRA: updates of linear layers, biases and norms, merged into the model or added at run time.
#pragma once

#include <memory>

#include "lora_update.h"

namespace irs {

// The updates of one file, by name.
class Lora {
public:
    // What is added to a bias or to a norm's weight or bias.
    struct OfVector {
        Tensor difference;  // f32
        double scale;
    };

    Lora(Device device, DType dtype) : device_(device), dtype_(dtype) {}

    // All values are copied: the file may be closed right after.
    void put(const std::string& module, const Tensor& a, const Tensor& b, double scale);
    void put_kronecker(const std::string& module, const Tensor& w1, const Tensor& w2, int64_t first, int64_t rows,
                       double scale);
    // (w1_a w1_b) times (w2_a w2_b), element by element (LyCORIS functional/loha.py).
    void put_hadamard(const std::string& module, const Tensor& w1_a, const Tensor& w1_b, const Tensor& w2_a,
                      const Tensor& w2_b, double scale);
    void put_difference(const std::string& module, const Tensor& weight, double scale);
    void put_vector(const std::string& parameter, const Tensor& difference, double scale);
    // Of a module that was put before.
    void set_magnitude(const std::string& module, const Tensor& values, bool by_row, Magnitude::Rule rule,
                       const std::vector<std::string>& layers);

    // put() with a and b themselves, not copies: what reaches them in training is their gradient.
    void share(const std::string& module, const Tensor& a, const Tensor& b, double scale, const Dropout& dropout);

    const Update* find(const std::string& module) const;
    const std::map<std::string, Update>& updates() const { return updates_; }
    const std::map<std::string, OfVector>& vectors() const { return vectors_; }
    // Whether an optimiser may change the updates behind its back.
    bool trainable() const { return trainable_; }

private:
    // A finite copy in f32 of the given shape, -1 for any size of at least 1.
    Tensor factor(const std::string& name, const Tensor& given, const Shape& shape) const;
    Linear linear(const std::string& name, const Tensor& weight) const;
    LowRank low_rank(const std::string& module, const Tensor& a, const Tensor& b) const;
    void add(const std::string& module, Update update);

    Device device_;
    DType dtype_;
    std::map<std::string, Update> updates_;
    std::map<std::string, OfVector> vectors_;
    bool trainable_ = false;
};

// What a DoRA multiplies the rows or columns of a layer by, f32, by layer.
using Gains = std::map<std::string, Tensor>;

// A LoRA with the user's scale; 0 leaves it out, negative values subtract it.
struct Applied {
    std::shared_ptr<const Lora> lora;
    float scale;
    std::shared_ptr<const Gains> gains{};  // only of prepared() adapters
    // Gains follow from the LoRAs before and the model.
    bool operator==(const Applied& other) const { return lora == other.lora && scale == other.scale; }
    // The update of a layer; null where there is none or it is left out.
    const Update* find(const std::string& layer) const { return scale == 0.0F ? nullptr : lora->find(layer); }
};
// In the order in which they count: a DoRA scales what those before it made of the weight.
using Adapters = std::vector<Applied>;

// A bias, or a norm's weight or bias, by its name in the model.
struct Vector {
    std::string name;
    Tensor* value;
};

// Adds a norm's weight and bias.
void append(std::vector<Vector>& to, const std::string& name, Norm& norm);

// What LoRAs may change in a model.
struct Adaptable {
    std::vector<Linear*> layers;
    std::vector<Vector> vectors;              // beside the layers' biases
    std::map<std::string, Tensor>* replaced;  // the loaded values of vectors that are changed now
};

// The bias or the part of a norm of that name, as it is now; null if the model has none.
const Tensor* find_vector(const Adaptable& model, const std::string& name);

// Refuses updates that name nothing here or do not fit it.
void require_fit(const Adaptable& model, const Adapters& adapters);

// Sets every layer and vector to its own value plus the updates that name it, summed in f32 and rounded once; without
// adapters to its own value, bit for bit. weights: whether the layers' weights are changed too, or left to the run-time
// branches. Nothing changes when anything fails.
void merge(const Adaptable& model, const Adapters& adapters, bool weights);

// The adapters with what their run-time branches need to know about the layers' weights as they are.
Adapters prepared(const std::vector<Linear*>& layers, const Adapters& adapters);

// What becomes of y = layer(x) by the run-time branches of every adapter that names the layer; y itself when none does.
Tensor adapted(const Linear& layer, const Tensor& x, const Tensor& y, const Adapters& adapters);
inline Tensor adapted(const Linear& layer, const Tensor& x, const Adapters& adapters) {
    return adapted(layer, x, layer(x), adapters);
}

// Whether any of them names the layer.
bool names(const Adapters& adapters, const std::string& layer);

// Whether all that they do to weights is to add low-rank products.
bool only_low_rank(const Adapters& adapters);

}  // namespace irs
