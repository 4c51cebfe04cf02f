2026-07-25T12:00Z sandersville load-block-commissioned block=aux load_class=auxiliary service_class=interruptible capacity=60W feeds=[A]
