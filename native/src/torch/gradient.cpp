#include "torch/gradient.h"

#include "error.h"
#include "torch/call.h"

namespace irs {

using torch::api;
using torch::Call;
using torch::check;

void require_gradient(Tensor& x) {
    if (api().grad_of == nullptr) {
        throw Error(IRS_NOT_LOADED, join("libtorch ", torch::version(), " has no symbol ", torch::kGradOf,
                                         ", which gradients need; everything else works"));
    }
    check(api().set_requires_grad(x.get(), true), "require a gradient");
}

Tensor leaf(const Tensor& x) {
    const GradMode no_graph(false);  // the copy must not be part of one
    Tensor out = x.copy(x.device(), DType::f32);
    require_gradient(out);
    return out;
}

namespace {

// Into `leaves`, or into every leaf where there are none. from: the gradient by y, 1 where it is empty.
void follow(const Tensor& y, const std::vector<Tensor>& leaves, const Tensor& from) {
    Call("aten::_backward")
        .arg(y)
        .arg(leaves)
        .maybe(from)
        .none()      // retain_graph: no
        .arg(false)  // create_graph
        .run_void();
}

}  // namespace

void backward(const Tensor& y) { follow(y, {}, Tensor()); }

void backward(const Tensor& y, const Tensor& from) { follow(y, {}, from); }

Tensor gathered(const Tensor& leaf) {
    // A handle points to an at::Tensor, whose one field points to the TensorImpl (aoti_torch/utils.h; TensorBase.h). The
    // reference that grad() returns is such a handle too, borrowed.
    const void* impl = *static_cast<void* const*>(leaf.get());
    const torch::Handle grad = api().grad_of(impl);
    bool defined = false;
    check(api().is_defined(grad, &defined), "read a gradient");
    if (!defined) return Tensor();
    torch::Handle out = nullptr;
    check(api().new_tensor_handle(grad, &out), "read a gradient");
    return Tensor(out);
}

Tensor gradient(const Tensor& y, const Tensor& leaf) {
    follow(y, {leaf}, Tensor());
    return gathered(leaf);
}

}  // namespace irs
