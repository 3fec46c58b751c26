# Stands for what brings a recovery region up: a network, nodes, namespaces. It needs no provider, so it runs where there is no cloud.
# There is no IAM in it on purpose: roles are made beforehand, because IAM's control plane is us-east-1.

variable "region" {
  type        = string
  description = "Region that is brought up."
}

variable "nodes" {
  type        = number
  description = "Nodes of the cluster."
  default     = 3
}

variable "namespaces" {
  type        = string
  description = "Namespaces of the services, separated by commas."
  default     = "booking"
}

variable "node_seconds" {
  type        = number
  description = "How long a node takes to come."
  default     = 0
}

variable "pull_secret" {
  type        = string
  description = "Shows that a sensitive value goes nowhere."
  sensitive   = true
  default     = ""
}

resource "terraform_data" "network" {
  input = { region = var.region, zones = 3 }
}

resource "terraform_data" "node" {
  count = var.nodes
  input = { region = terraform_data.network.output.region, zone = count.index % 3 }

  provisioner "local-exec" {
    command = "sleep ${var.node_seconds}"
  }
}

resource "terraform_data" "namespace" {
  for_each   = toset(compact(split(",", var.namespaces)))
  input      = { name = each.key, pull_secret = var.pull_secret }
  depends_on = [terraform_data.node]
}

output "region" {
  value = terraform_data.network.output.region
}

output "nodes" {
  value = length(terraform_data.node)
}

output "namespaces" {
  value = sort(keys(terraform_data.namespace))
}

output "pull_secret" {
  value     = var.pull_secret
  sensitive = true
}
