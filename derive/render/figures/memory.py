def f(*a): return None
activation=shrinkage=discriminator=descent=energy=gradients=f
