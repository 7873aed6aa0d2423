"""The service ``/reconcile`` for OpenRefine and other clients."""
